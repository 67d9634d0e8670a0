"""What the writing coach needs of a school: its names, its words, and whether either has changed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.domain import PICKS_WITHIN
from services.incident.models import CoachWords, Pupil
from shared.audit import audit
from shared.identity import Staff

OFFERED = "coach:offered"

Stamp = tuple[int, int]


async def roll_stamp(session: AsyncSession, school_id: UUID) -> Stamp:
    """Another one whenever a child came, changed or left: versions only count up, and nobody is taken off the roll."""
    row = await session.execute(
        select(func.count(), func.coalesce(func.sum(Pupil.version), 0)).where(Pupil.school_id == school_id)
    )
    count, versions = row.one()
    return int(count), int(versions)


async def on_the_roll(session: AsyncSession, school_id: UUID) -> Sequence[Pupil]:
    found = await session.scalars(select(Pupil).where(Pupil.school_id == school_id, Pupil.left_on.is_(None)))
    return found.all()


async def words_of(session: AsyncSession, school_id: UUID, *, lock: bool = False) -> CoachWords | None:
    query = select(CoachWords).where(CoachWords.school_id == school_id)
    found: CoachWords | None = await session.scalar(query.with_for_update() if lock else query)
    return found


async def offered_lately(session: AsyncSession, staff: Staff, now: datetime) -> set[UUID]:
    """The children who were offered to this person in the last ten minutes: the audit knows them (C4)."""
    found = await session.scalars(
        select(func.unnest(audit.c.pupil_ids)).where(
            audit.c.school_id == staff.school_id,
            audit.c.at > now - PICKS_WITHIN,
            audit.c.action == OFFERED,
            audit.c.staff_id == staff.staff_id,
        )
    )
    return set(found)
