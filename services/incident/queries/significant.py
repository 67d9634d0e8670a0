"""The significant events of a child, of those entries this reader may read whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.models import IncidentNumber, SignificantEvent
from services.incident.queries.entries import entries
from services.incident.queries.reach import Who


@dataclass(frozen=True, slots=True)
class Event:
    incident_id: UUID
    number: int
    at: datetime
    versions: list[SignificantEvent]


async def events_of(session: AsyncSession, who: Who, pupil_id: UUID) -> Sequence[Event]:
    """Every incident that was ever called significant, with each judgement in its order; the newest incident first."""
    seen = entries(who, [pupil_id]).subquery()
    rows = await session.execute(
        select(SignificantEvent, IncidentNumber.number, seen.c.at)
        .join(
            seen,
            and_(seen.c.incident_id == SignificantEvent.incident_id, seen.c.pupil_id == SignificantEvent.pupil_id),
        )
        .join(
            IncidentNumber,
            and_(
                IncidentNumber.school_id == SignificantEvent.school_id,
                IncidentNumber.incident_id == SignificantEvent.incident_id,
            ),
        )
        .where(SignificantEvent.school_id == who.staff.school_id, seen.c.whole)
        .order_by(seen.c.at.desc(), SignificantEvent.incident_id, SignificantEvent.version)
    )
    found: dict[UUID, Event] = {}
    for judged, number, at in rows:
        found.setdefault(judged.incident_id, Event(judged.incident_id, number, at, [])).versions.append(judged)
    return list(found.values())
