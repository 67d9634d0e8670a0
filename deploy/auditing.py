"""What `heed audit` does: verify a house or an export, write an export, show what was found."""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final
from uuid import UUID

from deploy import audit_sources, house
from deploy.data_folder import DataFolder, Refused, explain
from deploy.databases import SERVICES
from deploy.screen import Steps, bars, console, say, table
from shared.audit_faults import Report
from shared.audit_log import End, Entry, Heading, Unreadable, from_lines, to_line
from shared.audit_verify import Verifier
from shared.signed_note import Malformed, NoteKey

SHOWN: Final = 20
ROWS_AT_ONCE: Final = 1000


class Check:
    """One verification: of which audits, by which keys, against what was kept. Raises Refused."""

    def __init__(self, *, service: str | None, school: UUID | None, keys: Sequence[str], since: Path | None) -> None:
        pinned = _keys(keys)
        kept = audit_sources.kept_in(since, pinned) if since else audit_sources.Kept([], [])
        self._service = _known(service)
        self._school = school
        self._verifier = Verifier(pinned=pinned or kept.keys, since=kept.checkpoints, wanted=self._wanted)

    def _wanted(self, origin: str, school_id: UUID) -> bool:
        return (self._service is None or origin == f"heed/{self._service}") and self._school in {None, school_id}

    async def house(self, folder: DataFolder) -> None:
        async with house.at_hand(folder):
            with bars() as steps:
                found = audit_sources.sources(self._service)
                count = _Count(steps)
                async for entry in audit_sources.entries(found, school=self._school, begin=steps.begin):
                    self._verifier.take(entry)
                    count.one()
                count.last()

    def export(self, path: Path) -> None:
        try:
            with path.open("rb") as file, bars() as steps:
                steps.begin("Export, in kB", os.fstat(file.fileno()).st_size // 1000)
                told = 0
                for entry in from_lines(file):
                    _whole(entry, path)
                    self._verifier.take(entry)
                    if file.tell() - told > 1_000_000:
                        steps.advance((file.tell() - told) // 1000)
                        told = file.tell()
                steps.advance((file.tell() - told) // 1000)
        except Unreadable as problem:
            self._verifier.unreadable(str(problem))
        except OSError as problem:
            raise Refused(f"{path} cannot be read: {problem.strerror}.") from None

    def finish(self) -> Report:
        return self._verifier.finish()


def _whole(entry: Entry, path: Path) -> None:
    if isinstance(entry, Heading) and not entry.whole:
        raise Refused(f"{path} holds checkpoints and no rows: give it to --since, to verify a house against it.")


async def export(path: Path, folder: DataFolder, *, service: str | None, school: UUID | None, whole: bool) -> None:
    if path.exists():  # noqa: ASYNC240 - nothing else runs
        raise Refused(f"{path} is there already, and an older export is worth keeping. Name another file.")
    beside = path.with_name(path.name + ".new")
    try:
        async with house.at_hand(folder):
            found = audit_sources.sources(_known(service))
            keys = [key for source in found for key in await source.keys()]
            with bars() as steps:
                lines = await _write(beside, found, school, whole=whole, steps=steps)
        beside.rename(path)
    except OSError as problem:
        raise Refused(explain(problem, path)) from None
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
    say(f"{path}: {lines} lines. It verifies anywhere: heed audit verify {path}")
    _show_keys(keys)


async def _write(
    path: Path, found: list[audit_sources.Source], school: UUID | None, *, whole: bool, steps: Steps
) -> int:
    count = _Count(steps)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        async for entry in audit_sources.entries(found, school=school, whole=whole, begin=steps.begin):
            out.write(to_line(entry))
            count.one()
        out.write(to_line(End(count.total + 1)))
        out.flush()
        os.fsync(out.fileno())
    count.last()
    return count.total + 1


async def show_key(folder: DataFolder, service: str | None) -> None:
    async with house.at_hand(folder):
        found = audit_sources.sources(_known(service))
        _show_keys([key for source in found for key in await source.keys()])


def _show_keys(keys: list[NoteKey]) -> None:
    if not keys:
        say("There is no key yet, or no login here that may read it: a service makes its key at its first start.")
    for public in keys:
        # One to a line and nothing around it, so that it can be copied and piped.
        console.print(str(public), markup=False, soft_wrap=True)


def _keys(given: Sequence[str]) -> list[NoteKey]:
    try:
        return [NoteKey.parse(text) for text in given]
    except Malformed as problem:
        raise Refused(f"--key is not a public key as `heed audit key` prints it: {problem}.") from None


def _known(service: str | None) -> str | None:
    if service is not None and service not in SERVICES:
        raise Refused(f"There is no audit of {service}. There is one of: {', '.join(SERVICES)}.")
    return service


class _Count:
    """Moves the bar on by thousands: a bar drawn for each row would cost more than the hashing."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self.total = 0

    def one(self) -> None:
        self.total += 1
        if self.total % ROWS_AT_ONCE == 0:
            self._steps.advance(ROWS_AT_ONCE)

    def last(self) -> None:
        self._steps.advance(self.total % ROWS_AT_ONCE)


def show(report: Report) -> bool:
    """Tell a person; whether anything is wrong."""
    for origin in dict.fromkeys(school.origin for school in report.schools):
        mine = [school for school in report.schools if school.origin == origin]
        # An id on one line, so that it can be copied.
        rows = [
            (of.school_id, of.rows, of.checkpoints, of.waiting, f"{of.faults} wrong" if of.faults else "unchanged")
            for of in mine
        ]
        table("school", "rows", "signed", "waiting", "", rows=rows, title=origin)
    since = [school.waiting_since for school in report.schools if school.waiting_since]
    if since:
        say(f"What waits to be sealed is no fault; the oldest has waited since {min(since):%Y-%m-%d %H:%M:%S} UTC.")
    for origin in report.unpinned:
        say(f"The key of {origin} came from where the rows are; compare it with the one you kept, or give --key.")
    for fault in report.faults[:SHOWN]:
        console.print(f"  {fault}", markup=False, soft_wrap=True)
    if report.count > SHOWN:
        say(f"… and {report.count - SHOWN} more.")
    if report.count:
        say(f"{report.count} wrong in {report.rows} rows. The first is named first; docs/audit.md says what to do now.")
    else:
        say(f"{report.rows} rows are as they were sealed.")
    return report.count > 0
