"""What patterns are made of: a child's entries under their categories, and the marks on their body."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, exists, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.incident.domain import Counted
from services.incident.models import Category, IncidentCategory, IncidentMark, IncidentNumber, IncidentPupilCategory
from services.incident.queries.entries import entries
from services.incident.queries.reach import Who


async def counted(
    session: AsyncSession, who: Who, pupil_id: UUID, since: datetime, until: datetime
) -> Sequence[Counted]:
    """Each entry once under each category, a sub-category under the one above it."""
    seen = entries(who, [pupil_id]).subquery()
    of_entry, of_child = IncidentCategory, IncidentPupilCategory
    # What was merged counts with what it was merged into.
    now = aliased(Category)
    kind = func.coalesce(now.parent_id, now.id)
    own = exists(
        select(literal(1)).where(
            of_child.school_id == who.staff.school_id,
            of_child.incident_id == seen.c.incident_id,
            of_child.revision == seen.c.revision,
            of_child.pupil_id == seen.c.pupil_id,
            of_child.category_id == Category.id,
        )
    )
    has_own = exists(
        select(literal(1)).where(
            of_child.school_id == who.staff.school_id,
            of_child.incident_id == seen.c.incident_id,
            of_child.revision == seen.c.revision,
            of_child.pupil_id == seen.c.pupil_id,
        )
    )
    shared = exists(
        select(literal(1)).where(
            of_entry.school_id == who.staff.school_id,
            of_entry.incident_id == seen.c.incident_id,
            of_entry.revision == seen.c.revision,
            of_entry.category_id == Category.id,
        )
    )
    rows = await session.execute(
        select(seen.c.incident_id, seen.c.at, kind)
        .distinct()
        .select_from(seen)
        .join(Category, Category.school_id == who.staff.school_id)
        .join(
            now, and_(now.school_id == Category.school_id, now.id == func.coalesce(Category.merged_into, Category.id))
        )
        .where(seen.c.at >= since, seen.c.at < until, or_(own, and_(~has_own, shared)))
    )
    return [Counted(*row) for row in rows]


async def marks(
    session: AsyncSession, who: Who, pupil_id: UUID, since: datetime, until: datetime
) -> Sequence[tuple[datetime, int, IncidentMark]]:
    """When it happened, the number of its incident, and the mark; the oldest first."""
    seen = entries(who, [pupil_id]).subquery()
    rows = await session.execute(
        select(seen.c.at, IncidentNumber.number, IncidentMark)
        .join(
            seen,
            and_(
                seen.c.incident_id == IncidentMark.incident_id,
                seen.c.revision == IncidentMark.revision,
                seen.c.pupil_id == IncidentMark.pupil_id,
            ),
        )
        .join(
            IncidentNumber,
            and_(
                IncidentNumber.school_id == IncidentMark.school_id,
                IncidentNumber.incident_id == IncidentMark.incident_id,
            ),
        )
        .where(IncidentMark.school_id == who.staff.school_id, seen.c.at >= since, seen.c.at < until)
        .order_by(seen.c.at, IncidentMark.incident_id, IncidentMark.number)
    )
    return [(at, number, mark) for at, number, mark in rows]
