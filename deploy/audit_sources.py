"""Where audits are read from, a house's databases or an export, and what somebody has kept to hold them against."""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import asyncpg

from deploy.data_folder import Refused
from deploy.databases import SERVICES
from deploy.environment import database_variable
from shared.audit_log import Entry, Heading, Log, SchoolLog, Signed, Unreadable, from_lines
from shared.audit_read import AuditReader, keys_of
from shared.signed_note import Checkpoint, Malformed, NoteKey, NotSigned, open_note

Begin = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Source:
    """One service's database. The worker's login reads the rows, the app's the keys, the backup's both."""

    service: str
    rows_url: str
    keys_url: str | None

    @property
    def origin(self) -> str:
        return f"heed/{self.service}"

    async def keys(self) -> tuple[NoteKey, ...]:
        if self.keys_url is None:
            return ()
        with _explained(self.service):
            return await keys_of(self.keys_url, self.origin)


def sources(service: str | None) -> list[Source]:
    """The services whose databases the environment names, or the one that was asked for. Raises Refused."""
    found = [source for source in map(_source, SERVICES) if source and service in {None, source.service}]
    if not found:
        wanted = service or SERVICES[0]
        raise Refused(
            f"{database_variable(wanted, 'worker')} is not set, nor {database_variable(wanted, 'backup')}: one of "
            "these logins reads the audit."
        )
    return found


def _source(service: str) -> Source | None:
    backup, worker, app = (os.environ.get(database_variable(service, kind)) for kind in ("backup", "worker", "app"))
    rows_url = backup or worker
    return Source(service, rows_url, backup or app) if rows_url else None


async def entries(
    found: list[Source], *, school: UUID | None = None, whole: bool = True, begin: Begin = lambda _what, _rows: None
) -> AsyncIterator[Entry]:
    """The audits of these databases; without `whole` only the newest checkpoint of each school. Raises Refused."""
    yield Heading(datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), whole)
    for source in found:
        keys = await source.keys()
        with _explained(source.service):
            async with AuditReader.opened(source.rows_url) as reader:
                begin(f"Audit of {source.service}", await reader.rows())
                yield Log(source.origin, keys)
                for school_id in await reader.schools():
                    if school not in {None, school_id}:
                        continue
                    async for entry in reader.entries(school_id) if whole else _newest(reader, school_id):
                        yield entry


async def _newest(reader: AuditReader, school_id: UUID) -> AsyncIterator[Entry]:
    yield SchoolLog(school_id)
    newest = await reader.newest_checkpoint(school_id)
    if newest is not None:
        yield newest


@contextmanager
def _explained(service: str) -> Iterator[None]:
    try:
        yield
    except asyncpg.UndefinedTableError:
        raise Refused(f"The tables of {service} are not there yet: `heed migrate` makes them.") from None
    except asyncpg.InsufficientPrivilegeError:
        raise Refused(
            f"The login in {database_variable(service, 'worker')} may not read the audit: give the worker's or the "
            "backup's."
        ) from None
    except (OSError, asyncpg.PostgresError) as problem:
        raise Refused(
            f"The database of {service} does not answer ({type(problem).__name__}). `heed doctor` looks closer."
        ) from None


@dataclass(frozen=True, slots=True)
class Kept:
    """What was kept elsewhere: checkpoints that must still be in the log, and the keys that came with them."""

    checkpoints: list[Checkpoint]
    keys: list[NoteKey]


def kept_in(path: Path, keys: list[NoteKey]) -> Kept:
    """From one signed note, or from an export: the newest checkpoint of each school. Raises Refused.

    With `keys` the notes must be signed by them; without, what was kept is believed.
    """
    try:
        content = path.read_bytes() if path.stat().st_size < 100_000 else b"{"
        if content.lstrip().startswith(b"{"):
            return _from_export(path, keys)
        note = content.decode()
        text = open_note(note, keys) if keys else note.rpartition("\n\n")[0] + "\n"
        checkpoint = Checkpoint.parse(text)
        UUID(checkpoint.origin.rpartition("/")[2])
    except OSError as problem:
        raise Refused(f"{path} cannot be read: {problem.strerror}.") from None
    except (NotSigned, Malformed, Unreadable, ValueError) as problem:
        raise Refused(f"{path} is neither a checkpoint's note nor an export of ours, as it seems: {problem}.") from None
    return Kept([checkpoint], [])


def _from_export(path: Path, keys: list[NoteKey]) -> Kept:
    newest: dict[str, Checkpoint] = {}
    came_with: list[NoteKey] = []
    log: tuple[NoteKey, ...] = ()
    with path.open("rb") as file:
        for entry in from_lines(file):
            if isinstance(entry, Log):
                log = entry.keys
                came_with += log
            elif isinstance(entry, Signed):
                checkpoint = Checkpoint.parse(open_note(entry.note, keys or log))
                newest[checkpoint.origin] = checkpoint
    return Kept(list(newest.values()), came_with)
