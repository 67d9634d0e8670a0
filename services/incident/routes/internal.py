"""For other services: the roll as events, so that a service that comes later can make its copy."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from services.incident.queries.snapshot import roll_after
from services.incident.routes.within import database
from shared.db import Scope
from shared.identity import service_only

router = APIRouter(prefix="/internal", tags=["internal"])


@router.get("/snapshot")
async def snapshot(
    request: Request,
    _: Annotated[str, Depends(service_only("alerting", "documents", "transfer"))],
    school_id: UUID,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 500,
) -> dict[str, Any]:
    """One school's pupils as the events that would make them, by id; `next` is where the next page begins."""
    async with database(request).begin(Scope(school_id)) as session:
        events = await roll_after(session, school_id, after, limit + 1)
    page = events[:limit]
    return {"events": page, "next": page[-1]["data"]["pupil_id"] if len(events) > limit else None}
