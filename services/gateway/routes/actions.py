"""Actions that are somebody's to do."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from services.gateway import composing
from services.gateway.asking import asks
from services.gateway.calls import Caller
from services.gateway.openapi import BASE
from services.gateway.routes.documented import IfMatch, gives
from services.gateway.schemas import actions as schemas
from services.gateway.schemas import incidents

router = APIRouter(prefix=BASE, tags=["Concerns"])

Begin = Annotated[str | None, Query(alias="cursor", max_length=200, description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=100, description="how many at most")]
Open = Annotated[bool, Query(alias="open", description="only what is not done yet")]


@router.post(
    "/incidents/{incident_id}/actions/{action_id}/done",
    responses=gives(incidents.Added, "It is on the record that this was done.", etag=True),
)
async def done(
    caller: Annotated[Caller, Depends(asks("action:done"))],
    incident_id: UUID,
    action_id: UUID,
    body: incidents.Note,
    if_match: IfMatch = None,
) -> Response:
    """Say that an action was done and what came of it. Its owner does, or who may act on the concern by their role."""
    return await caller.forward("incident", "POST", f"/incidents/{incident_id}/actions/{action_id}/done", body=body)


@router.get("/actions/mine", responses=gives(schemas.ListedActions, "What you are to do, the soonest due first."))
async def mine(
    *,
    request: Request,
    caller: Annotated[Caller, Depends(asks("action:own"))],
    only_open: Open = True,
    cursor: Begin = None,
    limit: Limit = 20,
) -> Response:
    """What you are to do about concerns that you may read. Looking is recorded."""
    params = {"open": only_open, "cursor": cursor, "limit": limit}
    return await composing.from_incident(request, caller, "/actions/mine", params)


@router.get("/actions", responses=gives(schemas.ListedActions, "What anybody is to do, the soonest due first."))
async def of_the_school(
    *,
    request: Request,
    caller: Annotated[Caller, Depends(asks("action:list"))],
    only_open: Open = True,
    cursor: Begin = None,
    limit: Limit = 20,
) -> Response:
    """What anybody in your school is to do. For the DSL team, with elevated access; looking is recorded."""
    params = {"open": only_open, "cursor": cursor, "limit": limit}
    return await composing.from_incident(request, caller, "/actions", params)
