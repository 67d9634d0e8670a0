"""For whoever wrote a concern: that something was added for them to read."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from services.gateway.asking import asks
from services.gateway.calls import Caller
from services.gateway.openapi import BASE
from services.gateway.routes.documented import gives, gives_nothing
from services.gateway.schemas import notices as schemas

router = APIRouter(prefix=f"{BASE}/me/notices", tags=["Concerns"])
Author = Annotated[Caller, Depends(asks("incident:own"))]


@router.get("", responses=gives(schemas.Notices, "What was added for you, the newest first."))
async def notices(
    caller: Author,
    before: Annotated[UUID | None, Query(description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=100, description="how many at most")] = 20,
) -> Response:
    """To which of your concerns something was added for you to read. What it is stands with the concern."""
    params = {"before": str(before) if before else None, "limit": limit}
    return await caller.forward("alerting", "GET", "/notices", params=params)


@router.post("/{notice_id}/seen", status_code=204, responses=gives_nothing("It is not new any more."))
async def seen(caller: Author, notice_id: UUID) -> Response:
    """Say that you have read what was added."""
    return await caller.forward("alerting", "POST", f"/notices/{notice_id}/seen")
