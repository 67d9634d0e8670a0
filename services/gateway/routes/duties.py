"""Duties: what somebody is to do by when, and what is late."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from services.gateway import composing
from services.gateway.asking import asks
from services.gateway.calls import Caller
from services.gateway.openapi import BASE
from services.gateway.routes.documented import gives
from services.gateway.schemas import duties as schemas
from services.gateway.schemas import incidents

router = APIRouter(prefix=f"{BASE}/duties", tags=["Alerts"])

When = Annotated[
    Literal["open", "week", "overdue"], Query(description="not done yet; of that, due in this week; or late")
]
Begin = Annotated[str | None, Query(alias="cursor", max_length=200, description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=100, description="how many at most")]


@router.get("/mine", responses=gives(schemas.Duties, "What you owe, the soonest due first."))
async def mine(
    *,
    request: Request,
    caller: Annotated[Caller, Depends(asks("duty:own"))],
    when: When = "open",
    cursor: Begin = None,
    limit: Limit = 20,
) -> Response:
    """What you are to do by when, and what you do for a colleague who is away. A promise of contact is one (R60)."""
    params = {"when": when, "cursor": cursor, "limit": limit}
    return await composing.duties(request, caller, "/duties/mine", params)


@router.get("", responses=gives(schemas.Duties, "What anybody in your school owes, the soonest due first."))
async def of_the_school(
    *,
    request: Request,
    caller: Annotated[Caller, Depends(asks("duty:list"))],
    when: When = "open",
    cursor: Begin = None,
    limit: Limit = 20,
) -> Response:
    """What anybody in your school owes: all of it, this week's, or what is late. For the DSL team, elevated."""
    params = {"when": when, "cursor": cursor, "limit": limit}
    return await composing.duties(request, caller, "/duties", params)


@router.post("/{duty_id}/done", responses=gives(incidents.Added, "It is on the record that this was done.", etag=True))
async def done(
    caller: Annotated[Caller, Depends(asks("action:done"))], duty_id: UUID, body: incidents.Note
) -> Response:
    """Say that it was done and what came of it: its owner, who stands in for them, or who may act by their role."""
    return await composing.duty_done(caller, duty_id, body)
