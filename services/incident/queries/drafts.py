"""One's own drafts. Row-level security knows the owner too: not even the head reads another's."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.domain import DRAFTS_KEPT
from services.incident.models import Draft
from shared.identity import Staff


def own(staff: Staff, now: datetime) -> ColumnElement[bool]:
    """Those of this person that are not too old, whether or not they have been swept away yet."""
    return and_(
        Draft.school_id == staff.school_id, Draft.staff_id == staff.staff_id, Draft.saved_at > now - DRAFTS_KEPT
    )


async def drafts(session: AsyncSession, staff: Staff, now: datetime) -> Sequence[Draft]:
    """The last saved first."""
    found = await session.scalars(select(Draft).where(own(staff, now)).order_by(Draft.saved_at.desc(), Draft.id))
    return found.all()


async def draft(
    session: AsyncSession, staff: Staff, draft_id: UUID, now: datetime, *, lock: bool = False
) -> Draft | None:
    query = select(Draft).where(own(staff, now), Draft.id == draft_id)
    found: Draft | None = await session.scalar(query.with_for_update() if lock else query)
    return found
