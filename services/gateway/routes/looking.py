"""Beside a child's chronology: significant events, patterns, and who has looked."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AwareDatetime

from services.gateway import composing
from services.gateway.asking import asks
from services.gateway.calls import Caller
from services.gateway.openapi import BASE
from services.gateway.routes.documented import gives
from services.gateway.schemas import incidents
from services.gateway.schemas import looking as schemas

router = APIRouter(prefix=f"{BASE}/pupils/{{pupil_id}}", tags=["Pupils"])
Reader = Annotated[Caller, Depends(asks("pupil:chronology"))]
Marker = Annotated[Caller, Depends(asks("event:mark"))]
Time = Annotated[AwareDatetime | None, Query(description="a moment with its time zone")]


@router.get("/significant", responses=gives(schemas.SignificantEvents, "What matters most, the newest first."))
async def significant(
    request: Request,
    caller: Reader,
    pupil_id: UUID,
    retired: Annotated[bool, Query(description="also those whose mark was taken away")] = False,
) -> Response:
    """The significant events of a child, with headline and analysis. Needs elevated access."""
    answer = await caller.call("incident", "GET", f"/pupils/{pupil_id}/significant", params={"retired": retired})
    return await composing.with_names(request, answer)


@router.post(
    "/significant/{incident_id}",
    status_code=201,
    responses=gives(incidents.Added, "It stands among the significant events.", status=201),
)
async def mark(caller: Marker, pupil_id: UUID, incident_id: UUID, body: schemas.MarkSignificant) -> Response:
    """Call a concern significant for a child, or say better why it is. What was said before stays readable."""
    return await caller.forward("incident", "POST", f"/pupils/{pupil_id}/significant/{incident_id}", body=body)


@router.post(
    "/significant/{incident_id}/retire", responses=gives(incidents.Added, "It no longer counts as significant.")
)
async def retire(caller: Marker, pupil_id: UUID, incident_id: UUID, body: incidents.Reason) -> Response:
    """Take the mark away, with the reason. The concern stays where it is."""
    return await caller.forward("incident", "POST", f"/pupils/{pupil_id}/significant/{incident_id}/retire", body=body)


@router.get("/patterns", responses=gives(schemas.Patterns, "What repeats, by week, month and span."))
async def patterns(
    *,
    caller: Reader,
    pupil_id: UUID,
    since: Time = None,
    until: Time = None,
    times: Annotated[int, Query(ge=2, le=100, description="how many make a pattern")] = 3,
    days: Annotated[int, Query(ge=1, le=366, description="within how many days")] = 30,
) -> Response:
    """Patterns in a child's entries as data: a year of them, unless you say since when. Needs elevated access."""
    params = {
        "since": since.isoformat() if since else None,
        "until": until.isoformat() if until else None,
        "times": times,
        "days": days,
    }
    return await caller.forward("incident", "GET", f"/pupils/{pupil_id}/patterns", params=params)


@router.get("/looked-at", responses=gives(schemas.Looks, "Who did what about this child, the newest first."))
async def looked_at(
    request: Request,
    caller: Annotated[Caller, Depends(asks("pupil:looked-at"))],
    pupil_id: UUID,
    cursor: Annotated[str | None, Query(max_length=200, description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=100, description="how many at most")] = 50,
) -> Response:
    """Who has looked at this child or written of them: who, when, what, and whether by break-glass.

    For the DSL team and the data protection officer, with elevated access. Looking here is recorded too.
    """
    params = {"cursor": cursor, "limit": limit}
    answer = await caller.call("incident", "GET", f"/pupils/{pupil_id}/looked-at", params=params)
    return await composing.with_names(request, answer)
