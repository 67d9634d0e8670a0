"""The roll, taken from a file: who is new, who has changed, who has left, who is back. All of it or nothing."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.domain import too_many_leave
from services.incident.models import Pupil
from services.incident.queries.roll import Known, whole_roll_known
from services.incident.roll_file import Cells, RollRow, read_row
from services.incident.service.categories import begin_with_standard_categories
from services.incident.service.roll_plan import CHANGED, NEW, REFUSED, UNCHANGED, Line, Plan, plan_of
from services.incident.service.roll_writing import Writing
from shared import audit
from shared.errors import Conflict, FieldError, Invalid
from shared.identity import Staff

LONDON = ZoneInfo("Europe/London")
TOLD_EVERY: Final = 250
MOST_FAULTS: Final = 50
Told = Callable[[int], Awaitable[None]]
"""Hears how many rows are done."""


@dataclass(slots=True)
class RollReport:
    enrolled: list[UUID] = field(default_factory=list)
    changed: list[UUID] = field(default_factory=list)
    left: list[UUID] = field(default_factory=list)
    unchanged: int = 0
    refused: int = 0

    @property
    def touched(self) -> list[UUID]:
        return [*self.enrolled, *self.changed, *self.left]


async def one_at_a_time(session: AsyncSession, school_id: UUID) -> None:
    """Two files at once would each see the other's children as gone."""
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtext('roll'), hashtext(:s))"), {"s": str(school_id)})


async def import_roll(
    session: AsyncSession, *, acting_staff: Staff, rows: Sequence[RollRow], leavers_meant: bool = False
) -> RollReport:
    """Make the school's roll what the rows say. The first roll of a school brings the standard categories.

    Raises Conflict when far more children would leave than leave in a day, unless `leavers_meant`; Invalid when a row
    cannot be taken.
    """
    school_id = acting_staff.school_id
    await one_at_a_time(session, school_id)
    roll = await whole_roll_known(session, school_id)
    plan = plan_of([Line(number, {}, row, ()) for number, row in enumerate(rows, start=2)], roll)
    if refused := plan.of(REFUSED):
        faults = [
            FieldError(f"file.{one.line.number}.{column}", words) for one in refused for column, words in one.faults
        ]
        detail = f"{len(faults)} thing(s) need attention; nothing was imported."
        raise Invalid(*faults[:MOST_FAULTS], detail=detail)
    on_roll = sum(known.pupil.left_on is None for known in roll)
    if not leavers_meant and too_many_leave(len(plan.gone), on_roll):
        raise Conflict(
            f"{len(plan.gone)} of {on_roll} children are not in this file and would be marked as having left. "
            "If that is right, send it again and confirm the leavers.",
            extra={"leavers": len(plan.gone), "on_roll": on_roll},
        )
    return await carry_out(session, acting_staff=acting_staff, plan=plan, gone=plan.gone, source="csv", as_of=None)


async def add_pupil(session: AsyncSession, *, acting_staff: Staff, cells: Cells, names_apart: bool) -> UUID:
    """Put one child on the roll by hand: the record after an adoption, or a child no file has brought yet.

    Raises Invalid for a field that does not fit; Conflict when the child, or one with that number, is there already.
    """
    await one_at_a_time(session, acting_staff.school_id)
    row, faults = read_row(cells, datetime.now(LONDON).date())
    if row is None:
        raise Invalid(*(FieldError(column, words) for column, words in faults))
    plan = plan_of([Line(0, cells, row, ())], await whole_roll_known(session, acting_staff.school_id))
    if not plan.of(NEW):
        raise Conflict("A child with this name and birthday, or with this UPN, is or was on the roll.")
    report = await carry_out(session, acting_staff=acting_staff, plan=plan, gone=(), source="hand", as_of=None)
    (pupil_id,) = report.enrolled
    if names_apart:
        pupil = await session.get_one(Pupil, (acting_staff.school_id, pupil_id))
        pupil.names_apart = True
    return pupil_id


async def carry_out(
    session: AsyncSession,
    *,
    acting_staff: Staff,
    plan: Plan,
    gone: Sequence[Known],
    source: str,
    as_of: date | None,
    told: Told | None = None,
) -> RollReport:
    """Do what the plan says, in the caller's transaction. `gone` are those to be marked as having left."""
    await begin_with_standard_categories(session, acting_staff=acting_staff)
    today = datetime.now(LONDON).date()
    writing = Writing(acting_staff, source, today, as_of or today)
    report = RollReport(unchanged=len(plan.of(UNCHANGED)), refused=len(plan.of(REFUSED)))
    for done, planned in enumerate(plan.of(NEW, CHANGED), start=1):
        row, known = planned.line.row, planned.known
        assert row is not None
        if known is None:
            report.enrolled.append(writing.enrol(row))
        else:
            back = known.pupil.left_on is not None
            writing.change(row, known)
            (report.enrolled if back else report.changed).append(known.pupil.id)
        if told is not None and done % TOLD_EVERY == 0:
            await told(done)
    for known in gone:
        writing.leave(known.pupil)
        report.left.append(known.pupil.id)
    await writing.finish(session)
    await _note(session, acting_staff, report)
    return report


async def _note(session: AsyncSession, acting_staff: Staff, report: RollReport) -> None:
    await audit.record(
        session,
        action="roll:imported",
        school_id=acting_staff.school_id,
        staff=acting_staff,
        about_kind="school",
        about_id=acting_staff.school_id,
        pupil_ids=report.touched,
        details={
            "enrolled": len(report.enrolled),
            "changed": len(report.changed),
            "left": len(report.left),
            "unchanged": report.unchanged,
            "refused": report.refused,
        },
    )
