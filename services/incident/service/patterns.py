"""Patterns of a child (R7), made of the same entries as their chronology."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.domain import Counted
from services.incident.models import Category, IncidentMark
from services.incident.queries import patterns
from services.incident.queries.incidents import category_names
from services.incident.queries.pupil_record import within_reach
from services.incident.queries.reach import Who
from shared import audit
from shared.errors import NotFound


@dataclass(frozen=True, slots=True)
class Seen:
    counted: Sequence[Counted]
    marks: Sequence[tuple[datetime, int, IncidentMark]]
    categories: Mapping[UUID, Category]


async def open_patterns(session: AsyncSession, *, who: Who, pupil_id: UUID, since: datetime, until: datetime) -> Seen:
    """Raises NotFound for a child out of reach."""
    if await within_reach(session, who.staff, pupil_id) is None:
        raise NotFound()
    counted = await patterns.counted(session, who, pupil_id, since, until)
    await audit.record(
        session,
        action="pupil:patterns_read",
        school_id=who.staff.school_id,
        staff=who.staff,
        about_kind="pupil",
        about_id=pupil_id,
        pupil_ids=[pupil_id],
        details={"entries": len({one.incident_id for one in counted})},
    )
    return Seen(
        counted=counted,
        marks=await patterns.marks(session, who, pupil_id, since, until),
        categories=await category_names(session, who.staff.school_id),
    )
