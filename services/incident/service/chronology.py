"""Reading a child's chronology (R6, R93): recorded once for each page, before its answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.domain import Former
from services.incident.models import Category, Pupil, SignificantEvent
from services.incident.queries.categories import former_names
from services.incident.queries.chronology import Filters, Page, Placed, chronology
from services.incident.queries.incidents import category_names
from services.incident.queries.looking import last_look, note_look
from services.incident.queries.pupil_record import within_reach
from services.incident.queries.reach import Who
from services.incident.queries.whole_entries import Hanging, hanging_on, significant_now
from shared import audit
from shared.errors import NotFound


@dataclass(frozen=True, slots=True)
class ChronologyPage:
    pupil: Pupil
    looked_before: datetime | None
    count: int
    placed: Sequence[Placed]
    more: bool
    hanging: Hanging
    significant: Mapping[UUID, SignificantEvent]
    categories: Mapping[UUID, Category]
    former: Former


async def open_chronology(
    session: AsyncSession,
    *,
    who: Who,
    pupil_id: UUID,
    filters: Filters,
    only_new: bool = False,
    limit: int,
    after: Page | None = None,
    at: datetime | None = None,
) -> ChronologyPage:
    """A page of what this person may see of a child. Raises NotFound for a child out of their reach.

    `only_new` leaves what is new since their last visit: everything at the first. The first page counts as a look.
    """
    now = at or datetime.now(UTC)
    pupil = await within_reach(session, who.staff, pupil_id)
    if pupil is None:
        raise NotFound()
    before = await last_look(session, who.staff, pupil_id, now)
    if only_new:
        filters = replace(filters, new_since=before)
    found, count = await chronology(session, who, pupil_id, filters, limit=limit, after=after)
    placed = found[:limit]
    ids = [entry.incident_id for entry in placed]
    hanging = await hanging_on(session, who, ids)
    if after is None:
        await note_look(session, who.staff, pupil_id, now=now, before=before)
    await audit.record(
        session,
        action="pupil:chronology_read",
        school_id=who.staff.school_id,
        staff=who.staff,
        about_kind="pupil",
        about_id=pupil_id,
        pupil_ids={pupil_id, *hanging.pupil_ids},
        details={"entries": len(placed), "first_page": after is None},
    )
    return ChronologyPage(
        pupil=pupil,
        looked_before=before,
        count=count,
        placed=placed,
        more=len(found) > limit,
        hanging=hanging,
        significant=await significant_now(session, who.staff.school_id, pupil_id, ids),
        categories=await category_names(session, who.staff.school_id),
        former=await former_names(session, who.staff.school_id),
    )
