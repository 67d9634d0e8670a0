"""Searching the record by its words: recorded with the children of what was found, never with what was typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.domain import Former
from services.incident.models import Category
from services.incident.queries.categories import former_names
from services.incident.queries.incidents import category_names
from services.incident.queries.reach import Who
from services.incident.queries.searching import Hit, excerpts, search
from services.incident.queries.whole_entries import Hanging, hanging_on
from shared import audit


@dataclass(frozen=True, slots=True)
class Found:
    hits: Sequence[Hit]
    more: bool
    count: int
    excerpts: Mapping[UUID, str]
    hanging: Hanging
    categories: Mapping[UUID, Category]
    former: Former


async def search_incidents(
    session: AsyncSession, *, who: Who, sought: str, limit: int, after: tuple[datetime, UUID] | None = None
) -> Found:
    """A page of what this person may see and these words are found in, the newest first."""
    found, count = await search(session, who, sought, limit=limit, after=after)
    hits = found[:limit]
    hanging = await hanging_on(session, who, [hit.incident_id for hit in hits])
    await audit.record(
        session,
        action="incident:searched",
        school_id=who.staff.school_id,
        staff=who.staff,
        about_kind="incidents",
        about_id=None,
        pupil_ids=hanging.pupil_ids,
        details={"found": len(hits), "first_page": after is None},
    )
    return Found(
        hits=hits,
        more=len(found) > limit,
        count=count,
        excerpts=await excerpts(session, who, sought, hits),
        hanging=hanging,
        categories=await category_names(session, who.staff.school_id),
        former=await former_names(session, who.staff.school_id),
    )
