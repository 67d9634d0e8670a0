"""When somebody last looked at a child."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.domain import looked_before
from services.incident.models import LastLook
from shared.identity import Staff


async def last_look(session: AsyncSession, staff: Staff, pupil_id: UUID, now: datetime) -> datetime | None:
    """When this person looked at this child before this visit."""
    found = await session.scalar(
        select(LastLook).where(
            LastLook.school_id == staff.school_id, LastLook.staff_id == staff.staff_id, LastLook.pupil_id == pupil_id
        )
    )
    return looked_before(found.at, found.before, now) if found else None


async def note_look(
    session: AsyncSession, staff: Staff, pupil_id: UUID, *, now: datetime, before: datetime | None
) -> None:
    made = insert(LastLook).values(
        school_id=staff.school_id, staff_id=staff.staff_id, pupil_id=pupil_id, at=now, before=before
    )
    await session.execute(
        made.on_conflict_do_update(
            index_elements=[LastLook.school_id, LastLook.staff_id, LastLook.pupil_id],
            set_={"at": made.excluded.at, "before": made.excluded.before},
        )
    )
