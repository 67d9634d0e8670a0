"""Who is away, until when, and who is told in their place; said by themselves or by who looks after the staff."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth import queries
from services.auth.domain import LONGEST_ABSENCE, Absence, may_stand_in
from services.auth.models import Membership, School, StaffAccount
from services.auth.queries import Place
from services.auth.scope import seeing
from services.auth.service.acting import in_own_school, note, now
from services.auth.service.publishing import publish_place
from services.auth.service.staff import locked
from shared.contracts.auth import StaffChanged
from shared.errors import FieldError, Invalid, NotFound
from shared.identity import Staff


async def set_absence(
    session: AsyncSession, *, acting_staff: Staff | None, school_id: UUID, staff_id: UUID, absence: Absence | None
) -> Absence | None:
    """They are away in this school from a day to a day; None: they are there. Raises NotFound and Invalid.

    Whether somebody else may say so is the route's to ask. Others are told at once when it has begun, else on the day.
    """
    in_own_school(acting_staff, school_id)
    async with seeing(session, school_id=school_id):
        before = await queries.place_of(session, school_id, staff_id)
        if before is not None and absence is None and before.absence is None:
            return None
        person = await locked(session, staff_id)
        place = await queries.place_of(session, school_id, staff_id)
        if place is None or not place.roles or person.disabled_at is not None:
            raise NotFound()
        if absence is not None:
            await _check(session, place, staff_id, absence)
        await session.execute(
            update(Membership)
            .where(Membership.school_id == school_id, Membership.staff_id == staff_id)
            .values(
                away_from=absence.from_on if absence else None,
                away_until=absence.until_on if absence else None,
                deputy_id=absence.deputy_id if absence else None,
            )
        )
        await publish_place(session, StaffChanged, person, school_id)
        await note(
            session,
            acting_staff,
            action="staff:away" if absence else "staff:back",
            school_id=school_id,
            about_kind="staff",
            about_id=staff_id,
            details={"deputy": str(absence.deputy_id) if absence and absence.deputy_id else None},
        )
    return absence


async def absence_of(session: AsyncSession, *, school_id: UUID, staff_id: UUID) -> Absence | None:
    """What is written of somebody, unless it is over."""
    place = await queries.place_of(session, school_id, staff_id)
    over = place is None or place.absence is None or place.absence.until_on < queries.today(now())
    return None if over or place is None else place.absence


async def schools(session: AsyncSession) -> Sequence[UUID]:
    return (await session.scalars(select(School.id).order_by(School.id))).all()


async def tell_what_began_or_ended(session: AsyncSession, *, school_id: UUID, today: date) -> int:
    """Publish whoever is away or back since a date, or teaches other classes, and has not been written to since."""
    told = 0
    async with seeing(session, school_id=school_id):
        members = select(Membership.staff_id).join(StaffAccount, StaffAccount.id == Membership.staff_id)
        working = members.where(Membership.school_id == school_id, StaffAccount.disabled_at.is_(None))
        for staff_id in (await session.scalars(working.order_by(Membership.staff_id))).all():
            if not await _is_due(session, school_id, staff_id, today):
                continue
            person = await locked(session, staff_id)
            # Somebody else may have told of it while this one waited for the lock.
            if person.disabled_at is None and await _is_due(session, school_id, staff_id, today):
                await publish_place(session, StaffChanged, person, school_id)
                told += 1
    return told


async def _is_due(session: AsyncSession, school_id: UUID, staff_id: UUID, today: date) -> bool:
    place = await queries.place_of(session, school_id, staff_id)
    if place is None:
        return False
    return (place.classes(today), place.away(today) is not None) != (place.told_classes, place.told_away)


async def _check(session: AsyncSession, place: Place, staff_id: UUID, absence: Absence) -> None:
    today = queries.today(now())
    if absence.until_on < max(today, absence.from_on):
        raise Invalid(FieldError("until_on", "Give the last day; it cannot be before today or before the first."))
    if absence.until_on - min(today, absence.from_on) > LONGEST_ABSENCE:
        raise Invalid(FieldError("until_on", "That is more than a year away. Give a nearer day and prolong it then."))
    deputy = absence.deputy_id
    if deputy is None:
        return
    here = deputy != staff_id and await queries.working_in(session, place.school_id, [deputy])
    if not here:
        raise Invalid(FieldError("deputy_id", "Choose somebody else of your school's staff."))
    if not may_stand_in(of=place.roles, deputy=await queries.roles_in(session, place.school_id, deputy)):
        raise Invalid(FieldError("deputy_id", "For somebody of the DSL team choose another of the DSL team."))
