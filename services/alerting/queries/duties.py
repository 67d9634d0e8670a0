"""What is owed: by one person, in the school, and whatever there is to see to now."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from services.alerting.domain.duties import week_of
from services.alerting.domain.escalation import LONDON, TICK
from services.alerting.models import Alert, Duty, StaffCopy, ToldIncident
from services.alerting.queries.alerts import not_shielded, theirs
from shared.identity import Staff

When = Literal["open", "week", "overdue"]
Place = tuple[datetime, UUID]
NO_HURRY: Final = datetime(9000, 1, 1, tzinfo=UTC)
"""Where a duty without a due time stands in a list by due times: after all others."""


def mine(staff: Staff) -> ColumnElement[bool]:
    """Theirs to do, or that of somebody who is away and for whom they stand in; while nothing stands between.

    A withdrawn alert takes it away, unless they wrote the incident or gave it to themselves.
    """
    has_one = exists().where(theirs(staff), Alert.incident_id == Duty.incident_id)
    wrote = exists().where(
        ToldIncident.school_id == Duty.school_id,
        ToldIncident.id == Duty.incident_id,
        ToldIncident.author_id == staff.staff_id,
    )
    owned = and_(Duty.owner_id == staff.staff_id, or_(has_one, wrote, Duty.given_by_id == staff.staff_id))
    return and_(of_school(staff), or_(owned, _standing_in(staff)))


def _standing_in(staff: Staff) -> ColumnElement[bool]:
    has_one = exists().where(theirs(staff), Alert.incident_id == Duty.incident_id)
    return and_(Duty.deputy_id == staff.staff_id, has_one, _away(Duty.owner_id))


def of_school(staff: Staff) -> ColumnElement[bool]:
    return and_(Duty.school_id == staff.school_id, not_shielded(staff, Duty))


def due(when: When, now: datetime) -> ColumnElement[bool]:
    """Not done yet, and of that what is due in this week, or was due before now."""
    not_done = Duty.done_at.is_(None)
    if when == "week":
        begins, ends = week_of(now)
        return and_(not_done, Duty.due_at >= begins, Duty.due_at < ends)
    return and_(not_done, Duty.due_at < now) if when == "overdue" else not_done


async def listed(
    session: AsyncSession, which: ColumnElement[bool], *, limit: int, after: Place | None = None
) -> Sequence[Duty]:
    """The soonest due first, and last what is due by no time. `which` is made of the predicates of this module."""
    soonest = func.coalesce(Duty.due_at, literal(NO_HURRY, Duty.due_at.type))
    query = select(Duty).where(which).order_by(soonest, Duty.id).limit(limit)
    if after is not None:
        query = query.where(tuple_(soonest, Duty.id) > after)
    return (await session.scalars(query)).all()


async def one(session: AsyncSession, which: ColumnElement[bool], duty_id: UUID) -> Duty | None:
    found: Duty | None = await session.scalar(select(Duty).where(which, Duty.id == duty_id))
    return found


async def stood_in(session: AsyncSession, staff: Staff, duty_id: UUID) -> bool:
    """Whether it is theirs to do because its owner is away."""
    return await one(session, and_(of_school(staff), _standing_in(staff)), duty_id) is not None


async def to_see_to(session: AsyncSession, school_id: UUID, limit: int) -> Sequence[UUID]:
    """What is late by the database's clock, or was set by a clock now put back; and whose owner has just left a deputy
    behind who was not looked at yet.
    """
    now = func.clock_timestamp()
    found = await session.scalars(
        select(Duty.id)
        .where(
            Duty.school_id == school_id,
            Duty.done_at.is_(None),
            or_(
                Duty.look_at <= now,
                and_(Duty.look_at.is_not(None), Duty.set_at > now + TICK),
                _away(Duty.owner_id, StaffCopy.deputy_id.is_distinct_from(Duty.considered_id)),
            ),
        )
        .order_by(Duty.look_at)
        .limit(limit)
    )
    return found.all()


def _away(staff_id: InstrumentedAttribute[UUID], *more: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(
        StaffCopy.school_id == Duty.school_id,
        StaffCopy.staff_id == staff_id,
        StaffCopy.away_until >= datetime.now(LONDON).date(),
        StaffCopy.deputy_id.is_not(None),
        ~StaffCopy.disabled,
        *more,
    )
