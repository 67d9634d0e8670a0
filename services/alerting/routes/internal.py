"""For other services: the keys of the vouchers, and who may read what, so that a lost copy can be made again."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from services.alerting.queries.snapshot import alerts_after
from services.alerting.routes.within import database, signer
from shared.db import Scope
from shared.identity import public, service_only

router = APIRouter(tags=["internal"])


@router.get("/.well-known/jwks.json", dependencies=[Depends(public())])
async def jwks(request: Request) -> dict[str, Any]:
    return signer(request).jwks()


@router.get("/internal/snapshot")
async def snapshot(
    request: Request,
    _: Annotated[str, Depends(service_only("incident"))],
    school_id: UUID,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 500,
) -> dict[str, Any]:
    """One school's alerts as the events that would make them, by id; `next` is where the next page begins."""
    async with database(request).begin(Scope(school_id)) as session:
        events = await alerts_after(session, school_id, after, limit + 1)
    page = events[:limit]
    return {"events": page, "next": page[-1]["data"]["alert_id"] if len(events) > limit else None}
