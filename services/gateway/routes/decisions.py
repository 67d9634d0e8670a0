"""What follows a concern beside actions: review, decisions, consent; by its number; what its writer is told."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request, Response

from services.gateway import composing
from services.gateway.asking import asks
from services.gateway.calls import Caller
from services.gateway.openapi import BASE
from services.gateway.routes.documented import IfMatch, gives
from services.gateway.schemas import decisions as schemas
from services.gateway.schemas import incidents

router = APIRouter(prefix=f"{BASE}/incidents", tags=["Concerns"])

Number = Annotated[int, Path(ge=1, lt=2**63, description="as people say it, in this school")]


@router.get(
    "/by-number/{number}", responses=gives(incidents.Concern, "The concern, as far as you may see it.", etag=True)
)
async def read_by_number(
    request: Request, caller: Annotated[Caller, Depends(asks("incident:read"))], number: Number
) -> Response:
    """Read a concern by the number that people say. Whose number is not for you looks like one that does not exist."""
    return await composing.from_incident(request, caller, f"/incidents/by-number/{number}")


@router.get("/{incident_id}/told-detail", responses=gives(schemas.ToldDetail, "What you are told of what was done."))
async def told_detail(caller: Annotated[Caller, Depends(asks("incident:own"))], incident_id: UUID) -> Response:
    """What was done about a concern you wrote, where somebody chose to tell you; nothing else of what followed."""
    return await caller.forward("incident", "GET", f"/incidents/{incident_id}/told-detail")


@router.post("/{incident_id}/review", responses=gives(incidents.State, "The concern is under review.", etag=True))
async def review(
    caller: Annotated[Caller, Depends(asks("incident:close"))],
    incident_id: UUID,
    body: incidents.Reason,
    if_match: IfMatch = None,
) -> Response:
    """Take an open concern under review, with the reason."""
    return await caller.forward("incident", "POST", f"/incidents/{incident_id}/review", body=body)


@router.post(
    "/{incident_id}/decisions",
    status_code=201,
    responses=gives(incidents.Added, "The decision is on the record.", status=201, etag=True),
)
async def record_decision(
    caller: Annotated[Caller, Depends(asks("decision:record"))],
    incident_id: UUID,
    body: schemas.NewDecision,
    if_match: IfMatch = None,
) -> Response:
    """Record what was decided, what else was possible and why. It is not changed; a later one stands beside it."""
    return await caller.forward("incident", "POST", f"/incidents/{incident_id}/decisions", body=body)


@router.post(
    "/{incident_id}/consents",
    status_code=201,
    responses=gives(incidents.Corrected, "The answer is on the record.", status=201, etag=True),
)
async def record_consent(
    caller: Annotated[Caller, Depends(asks("consent:record"))],
    incident_id: UUID,
    body: schemas.NewConsent,
    if_match: IfMatch = None,
) -> Response:
    """Record whether consent was asked, given, refused or not sought, and then on which ground. The newest counts."""
    return await caller.forward("incident", "POST", f"/incidents/{incident_id}/consents", body=body)
