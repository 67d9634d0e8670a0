"""Concerns: log, read, add to, correct, close."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request, Response

from services.gateway import composing
from services.gateway.asking import asks
from services.gateway.calls import Caller
from services.gateway.leaving import leave_kiosk
from services.gateway.openapi import BASE
from services.gateway.outage import UNCERTAIN_LOG
from services.gateway.routes.documented import IfMatch, gives
from services.gateway.schemas import foreseen
from services.gateway.schemas import incidents as schemas
from shared.faults import fault

router = APIRouter(prefix=f"{BASE}/incidents", tags=["Concerns"])

IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=128,
        pattern=r"^[\x21-\x7e]+$",
        description="made by you, once for each concern: sent twice, it is still one concern",
        examples=["5b6f5f0e-7f0c-4a52-9a51-3f2f7a3c1f10"],
    ),
]


@router.post(
    "",
    status_code=201,
    responses=gives(schemas.Logged, "Recorded, and on its way to everybody who must know.", status=201),
)
async def log(
    request: Request,
    caller: Annotated[Caller, Depends(asks("incident:log"))],
    body: schemas.LogConcern,
    key: IdempotencyKey,
) -> Response:
    """Log a concern. Everybody who must know is alerted at once.

    You cannot edit it afterwards; you can add to it. If a child is in danger, tell a DSL in person first. On a kiosk
    you are signed out with the answer.
    """
    fault("gateway.before_incident")
    answer = await caller.forward("incident", "POST", "/incidents", body=body, lost=UNCERTAIN_LOG)
    fault("gateway.after_incident")
    on_kiosk = caller.staff.get("kiosk_id") is not None
    return await leave_kiosk(request, answer) if on_kiosk and answer.status_code == 201 else answer


@router.post("/recipients", responses=gives(foreseen.Recipients, "Who will be told, and why."))
async def recipients(
    request: Request, caller: Annotated[Caller, Depends(asks("incident:log"))], body: foreseen.Outline
) -> Response:
    """Who will be told of a concern as it stands while you are writing it, and why. Nobody is told yet.

    Who will not be told is not named. A colleague you chose is told as well, unless they have left or may not know.
    """
    return await composing.recipients(request, caller, body)


@router.get("", responses=gives(schemas.OwnConcerns, "Your own concerns, the newest first."))
async def mine(
    caller: Annotated[Caller, Depends(asks("incident:own"))],
    cursor: Annotated[str | None, Query(max_length=200, description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=100, description="how many at most")] = 20,
) -> Response:
    """What you have logged, in your own words, and whether it has been read."""
    return await composing.own_concerns(caller, {"cursor": cursor, "limit": limit})


@router.get("/{incident_id}", responses=gives(schemas.Concern, "The concern, as far as you may see it.", etag=True))
async def read(
    request: Request, caller: Annotated[Caller, Depends(asks("incident:read"))], incident_id: UUID
) -> Response:
    """Read a concern. Its writer sees their own words; who was alerted sees it whole, with its actions.

    Every reading is recorded before the answer leaves.
    """
    return await composing.concern(request, caller, incident_id)


@router.get("/{incident_id}/told", responses=gives(schemas.Told, "How many were told, and when it was first read."))
async def who_was_told(
    request: Request, caller: Annotated[Caller, Depends(asks("incident:read"))], incident_id: UUID
) -> Response:
    """How many were told of a concern, who answers for it first, and whether it has been read. Its writer learns that,
    and nothing of what followed."""
    answer = await caller.call("alerting", "GET", "/told", params={"incident_id": str(incident_id)})
    return await composing.with_names(request, answer)


@router.post(
    "/{incident_id}/actions",
    status_code=201,
    responses=gives(schemas.Added, "The action is recorded.", status=201, etag=True),
)
async def add_action(
    caller: Annotated[Caller, Depends(asks("action:add"))],
    incident_id: UUID,
    body: schemas.NewAction,
    if_match: IfMatch = None,
) -> Response:
    """Record what has been done or decided, for one child, some, or all of them."""
    return await caller.forward("incident", "POST", f"/incidents/{incident_id}/actions", body=body)


@router.post(
    "/{incident_id}/addenda",
    status_code=201,
    responses=gives(schemas.Added, "Your addition is recorded.", status=201),
)
async def add_addendum(
    caller: Annotated[Caller, Depends(asks("addendum:add"))], incident_id: UUID, body: schemas.NewAddendum
) -> Response:
    """Add to a concern you have logged. The first words stay as they are."""
    return await caller.forward("incident", "POST", f"/incidents/{incident_id}/addenda", body=body)


@router.post(
    "/{incident_id}/corrections", responses=gives(schemas.Corrected, "The correction is on the record.", etag=True)
)
async def correct(
    caller: Annotated[Caller, Depends(asks("incident:correct"))],
    incident_id: UUID,
    body: schemas.CorrectConcern,
    if_match: IfMatch = None,
) -> Response:
    """Correct a concern, with the reason: the whole of it as it should be. The first words stay visible beside it."""
    return await caller.forward("incident", "POST", f"/incidents/{incident_id}/corrections", body=body)


@router.post("/{incident_id}/close", responses=gives(schemas.State, "The concern is closed.", etag=True))
async def close(
    caller: Annotated[Caller, Depends(asks("incident:close"))],
    incident_id: UUID,
    body: schemas.Reason,
    if_match: IfMatch = None,
) -> Response:
    """Close a concern, with the reason. It stays on the record for ever."""
    return await caller.forward("incident", "POST", f"/incidents/{incident_id}/close", body=body)


@router.post("/{incident_id}/reopen", responses=gives(schemas.State, "The concern is open again.", etag=True))
async def reopen(
    caller: Annotated[Caller, Depends(asks("incident:close"))],
    incident_id: UUID,
    body: schemas.Reason,
    if_match: IfMatch = None,
) -> Response:
    """Open a closed concern again, with the reason."""
    return await caller.forward("incident", "POST", f"/incidents/{incident_id}/reopen", body=body)
