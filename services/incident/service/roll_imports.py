"""A file of the roll, in two steps: a dry run that says row by row what would happen, and applying it.

Between the two the rows lie in a table of the school for a day. They are gone when the file was applied, and otherwise
when the day is over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.models import RollImport, RollImportDue, RollImportRow
from services.incident.queries.roll import whole_roll_known
from services.incident.queries.roll_imports import import_of, rows_of
from services.incident.roll_file import COLUMNS, Cells, missing_columns, read_row
from services.incident.service.roll import LONDON, RollReport, Told, carry_out, one_at_a_time
from services.incident.service.roll_plan import CHANGED, LEAVES, NEW, REFUSED, UNCHANGED, Line, Plan, plan_of
from shared import audit
from shared.errors import Conflict, FieldError, Invalid, NotFound, NotPermitted
from shared.identity import Staff
from shared.ids import new_id

KEPT: Final = timedelta(hours=24)
UNMAPPED, READY, APPLIED = "unmapped", "ready", "applied"
OUTCOMES: Final = (NEW, CHANGED, UNCHANGED, REFUSED, LEAVES)
FIRST_LINE: Final = {"csv": 2, "ctf": 1}


@dataclass(frozen=True, slots=True)
class RollFile:
    """A file as it was read: its lines (CSV) or its pupils (CTF), and what it says of itself."""

    kind: str
    whole: bool
    lines: Sequence[Any]
    headings: list[str] = field(default_factory=list)
    mapping: dict[str, str | None] = field(default_factory=dict)
    encoding: str = ""
    separator: str = ""
    version: str = ""
    as_of: date | None = None
    unknown: list[str] = field(default_factory=list)


async def begin_import(session: AsyncSession, *, acting_staff: Staff, file: RollFile) -> UUID:
    """Keep a file for a day and say row by row what it would do. Nothing on the roll changes."""
    now = datetime.now(UTC)
    made: dict[str, Any] = {
        "school_id": acting_staff.school_id,
        "id": new_id(),
        "by_id": acting_staff.staff_id,
        "at": now,
        "expires_at": now + KEPT,
        **{name: getattr(file, name) for name in _SAID},
        "state": UNMAPPED,
        "total": len(file.lines),
        "done": 0,
        "counts": {},
    }
    await session.execute(insert(RollImport), [made])
    due = {"import_id": made["id"], "school": acting_staff.school_id, "expires_at": made["expires_at"]}
    await session.execute(insert(RollImportDue), [due])
    job = await _job(session, acting_staff, made["id"])
    await _dry_run(session, job, file.lines, file.mapping)
    await _note(session, acting_staff, job, "roll:import_begun")
    return job.id


_SAID: Final = ("kind", "whole", "version", "as_of", "encoding", "separator", "headings", "unknown", "mapping")


async def map_columns(
    session: AsyncSession, *, acting_staff: Staff, import_id: UUID, mapping: Mapping[str, str | None]
) -> None:
    """Read the file's columns as a person says, and run it dry again. Raises NotFound, Conflict, Invalid."""
    job = await _waiting(session, acting_staff, import_id)
    if job.kind != "csv":
        raise Invalid(FieldError("mapping", "A CTF file names its fields itself."))
    if set(mapping) - set(COLUMNS):
        raise Invalid(FieldError("mapping", f"A roll has these columns: {', '.join(COLUMNS)}."))
    wrong = [column for column, heading in mapping.items() if heading not in {None, *job.headings}]
    if wrong:
        raise Invalid(*(FieldError(f"mapping.{column}", "Choose a heading of the file.") for column in wrong))
    lines = [row.cells for row in await rows_of(session, job) if row.outcome != LEAVES]
    rows = RollImportRow
    await session.execute(delete(rows).where(rows.school_id == job.school_id, rows.import_id == job.id))
    await _dry_run(session, job, lines, {column: mapping.get(column) for column in COLUMNS})
    await _note(session, acting_staff, job, "roll:import_mapped")


async def open_import(
    session: AsyncSession, *, staff: Staff, import_id: UUID, outcome: str | None, after: int, limit: int
) -> tuple[RollImport, Sequence[RollImportRow]]:
    """A file that waits, and a page of its rows: one more than `limit` when there are more. Raises NotFound."""
    job = await _job(session, staff, import_id)
    rows = await rows_of(session, job, outcome=outcome, after=after, limit=limit + 1)
    shown = [row.pupil_id for row in rows[:limit] if row.pupil_id]
    await _note(session, staff, job, "roll:import_read", pupil_ids=shown)
    return job, rows


async def apply_import(
    session: AsyncSession, *, acting_staff: Staff, import_id: UUID, leavers: bool, told: Told | None = None
) -> RollReport:
    """Do what the dry run said, in one transaction; rows that cannot be taken are left out. Raises NotFound, Conflict.

    `leavers` is a person's word that those who are not in a full file have left: of those the dry run named, whoever is
    still on the roll and in no row. The roll is compared afresh, for it may have changed since.
    """
    await one_at_a_time(session, acting_staff.school_id)
    job = await _waiting(session, acting_staff, import_id)
    if job.state != READY:
        raise Conflict("Say first which column is which.")
    if leavers and acting_staff.scopes is not None:
        raise NotPermitted("a person who has seen the dry run; a program can apply the rest")
    if leavers and not job.whole:
        raise Invalid(FieldError("leavers", "This file is a part of the roll; nobody has left by not being in it."))
    rows = await rows_of(session, job)
    named = {row.pupil_id for row in rows if row.outcome == LEAVES}
    plan = await _plan(session, job, [row.cells for row in rows if row.outcome != LEAVES], job.mapping)
    gone = [known for known in plan.gone if known.pupil.id in named] if leavers else []
    report = await carry_out(
        session, acting_staff=acting_staff, plan=plan, gone=gone, source=job.kind, as_of=job.as_of, told=told
    )
    await _forget_rows(session, job)
    values = {
        "state": APPLIED,
        "done": job.total,
        "counts": _counts(plan) | {LEAVES: len(gone)},
        "headings": [],
        "mapping": {},
        "applied_at": datetime.now(UTC),
        "applied_by": acting_staff.staff_id,
    }
    await _set(session, job, values)
    return report


async def note_progress(session: AsyncSession, *, school_id: UUID, import_id: UUID, done: int) -> None:
    """How many rows are done, in a transaction of its own, so that whoever waits sees it."""
    job = RollImport
    await session.execute(
        update(job).where(job.school_id == school_id, job.id == import_id, job.state == READY).values(done=done)
    )


async def forget_import(session: AsyncSession, *, school_id: UUID, import_id: UUID) -> None:
    """The day is over: what was not applied is gone, and of what was there are only its figures left."""
    job = RollImport
    await session.execute(delete(job).where(job.school_id == school_id, job.id == import_id, job.state != APPLIED))
    await session.execute(delete(RollImportDue).where(RollImportDue.import_id == import_id))


async def _job(session: AsyncSession, staff: Staff, import_id: UUID) -> RollImport:
    job = await import_of(session, staff.school_id, import_id)
    if job is None:
        raise NotFound()
    return job


async def _waiting(session: AsyncSession, staff: Staff, import_id: UUID) -> RollImport:
    job = await _job(session, staff, import_id)
    if job.state == APPLIED:
        raise Conflict("This file was applied already.")
    return job


async def _dry_run(
    session: AsyncSession, job: RollImport, lines: Sequence[Any], mapping: Mapping[str, str | None]
) -> None:
    if job.kind == "csv" and missing_columns(mapping):
        plan, state = Plan(), UNMAPPED
        rows = [_row(job, number, line) for number, line in enumerate(lines, start=FIRST_LINE[job.kind])]
    else:
        plan, state = await _plan(session, job, lines, mapping), READY
        rows = _planned_rows(job, plan, lines)
    if rows:
        await session.execute(insert(RollImportRow), rows)
    await _set(session, job, {"mapping": dict(mapping), "state": state, "done": 0, "counts": _counts(plan)})


async def _plan(
    session: AsyncSession, job: RollImport, lines: Sequence[Any], mapping: Mapping[str, str | None]
) -> Plan:
    today = datetime.now(LONDON).date()
    read = []
    for number, raw in enumerate(lines, start=FIRST_LINE[job.kind]):
        cells = _cells(job, raw, mapping)
        row, faults = read_row(cells, today)
        read.append(Line(number, cells, row, faults))
    plan = plan_of(read, await whole_roll_known(session, job.school_id))
    if not job.whole:
        plan.gone = []
    return plan


def _cells(job: RollImport, raw: Any, mapping: Mapping[str, str | None]) -> Cells:
    if job.kind == "ctf":
        found: Cells = raw
        return found
    places = {column: job.headings.index(heading) for column, heading in mapping.items() if heading in job.headings}
    return {column: raw[place] if place < len(raw) else "" for column, place in places.items()}


def _planned_rows(job: RollImport, plan: Plan, lines: Sequence[Any]) -> list[dict[str, Any]]:
    rows = []
    for planned, raw in zip(plan.rows, lines, strict=True):
        cells = planned.line.cells
        rows.append(
            _row(job, planned.line.number, raw)
            | {
                "name": f"{cells.get('forename', '')} {cells.get('surname', '')}".strip(),
                "outcome": planned.outcome,
                "pupil_id": planned.known.pupil.id if planned.known else None,
                "changes": list(planned.changes),
                "faults": [list(fault) for fault in planned.faults],
            }
        )
    after = FIRST_LINE[job.kind] + len(lines)
    for number, known in enumerate(plan.gone, start=after):
        leaving = {"name": known.pupil.name, "outcome": LEAVES, "pupil_id": known.pupil.id}
        rows.append(_row(job, number, {}) | leaving)
    return rows


def _row(job: RollImport, number: int, raw: Any) -> dict[str, Any]:
    return {
        "school_id": job.school_id,
        "import_id": job.id,
        "number": number,
        "cells": raw,
        "name": "",
        "outcome": UNMAPPED,
        "pupil_id": None,
        "changes": [],
        "faults": [],
    }


def _counts(plan: Plan) -> dict[str, int]:
    made = {outcome: len(plan.of(outcome)) for outcome in OUTCOMES}
    return made | {LEAVES: len(plan.gone)}


async def _forget_rows(session: AsyncSession, job: RollImport) -> None:
    rows = RollImportRow
    await session.execute(delete(rows).where(rows.school_id == job.school_id, rows.import_id == job.id))


async def _set(session: AsyncSession, job: RollImport, values: Mapping[str, Any]) -> None:
    table = RollImport
    await session.execute(
        update(table)
        .where(table.school_id == job.school_id, table.id == job.id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


async def _note(
    session: AsyncSession, staff: Staff, job: RollImport, action: str, pupil_ids: Sequence[UUID] = ()
) -> None:
    await audit.record(
        session,
        action=action,
        school_id=job.school_id,
        staff=staff,
        about_kind="roll_import",
        about_id=job.id,
        pupil_ids=pupil_ids,
        details={"rows": job.total, "kind": job.kind, "whole": job.whole},
    )
