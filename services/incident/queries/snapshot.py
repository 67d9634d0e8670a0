"""The roll as the events that would make it."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.models import Pupil
from shared.contracts.incident import PupilEnrolled, PupilLeft


async def roll_after(session: AsyncSession, school_id: UUID, after: UUID | None, limit: int) -> list[dict[str, Any]]:
    query = select(Pupil).where(Pupil.school_id == school_id).order_by(Pupil.id).limit(limit)
    found = await session.scalars(query if after is None else query.where(Pupil.id > after))
    return [_as_event(pupil) for pupil in found]


def _as_event(pupil: Pupil) -> dict[str, Any]:
    event = (
        PupilEnrolled(pupil_id=pupil.id, year_group=pupil.year_group, class_id=pupil.class_id)
        if pupil.left_on is None
        else PupilLeft(pupil_id=pupil.id)
    )
    return {
        "type": event.TYPE,
        "school_id": str(pupil.school_id),
        "version": pupil.version,
        "data": event.model_dump(mode="json"),
    }
