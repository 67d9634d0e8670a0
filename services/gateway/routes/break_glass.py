"""Break-glass: half an hour with one child's record, told to others at once and reviewed by one of them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from services.gateway import composing
from services.gateway.asking import asks
from services.gateway.calls import Caller, handed_on
from services.gateway.gate import gate_of
from services.gateway.openapi import BASE
from services.gateway.routes.documented import gives
from services.gateway.schemas import break_glass as schemas
from services.gateway.schemas.pupils import PickedPupils

router = APIRouter(prefix=f"{BASE}/break-glass", tags=["Break-glass"])
Breaker = Annotated[Caller, Depends(asks("break-glass"))]
Ender = Annotated[Caller, Depends(asks("break-glass:end"))]
Reviewer = Annotated[Caller, Depends(asks("break-glass:review"))]


@router.get("/pupils", responses=gives(PickedPupils, "Children whose names begin like this."))
async def pick(
    caller: Breaker,
    starts: Annotated[str, Query(min_length=3, max_length=60, description="three letters or more of a name")],
) -> Response:
    """Name the child whose record you must read. Every look is recorded, and many in a short time are slowed down."""
    return await caller.forward("incident", "GET", "/behind-glass/pupils", params={"starts": starts})


@router.post("", status_code=201, responses=gives(schemas.BreakGlass, "You may read it for half an hour.", status=201))
async def open_record(request: Request, caller: Breaker, body: schemas.OpenBreakGlass) -> Response:
    """Open one child's record, for reading, for 30 minutes.

    Needs a code of your second factor given in the last five minutes. The lead DSL and the data protection officer are
    told at once, everything you read is recorded with it, and you cannot do this again before one of them has reviewed
    it. A shield holds against it.
    """
    there = await caller.call("incident", "GET", f"/behind-glass/pupils/{body.pupil_id}")
    if there.is_error:
        return handed_on(there)
    return _changed(request, await caller.forward("auth", "POST", "/break-glass", body=body))


@router.get("", responses=gives(schemas.BreakGlasses, "Who opened which record, why, and what came of the review."))
async def look(request: Request, caller: Reviewer) -> Response:
    """What is for you to review, and what has been reviewed. What was read behind it is in "who has looked"."""
    return await composing.with_names(request, await caller.call("auth", "GET", "/break-glass"))


@router.post("/{glass_id}/end", responses=gives(schemas.BreakGlass, "It is over."))
async def end(request: Request, caller: Ender, glass_id: UUID) -> Response:
    """End it before its time, your own or one you may review. It counts at the next request."""
    return _changed(request, await caller.forward("auth", "POST", f"/break-glass/{glass_id}/end"))


@router.post("/{glass_id}/review", responses=gives(schemas.BreakGlass, "It is reviewed."))
async def review(caller: Reviewer, glass_id: UUID, body: schemas.ReviewBreakGlass) -> Response:
    """Say whether it was needed and what you have found, once it is over. Nobody reviews their own."""
    return await caller.forward("auth", "POST", f"/break-glass/{glass_id}/review", body=body)


def _changed(request: Request, answer: Response) -> Response:
    """What the session may read is another thing from here on: auth is asked afresh."""
    gate = gate_of(request)
    gate.sessions.forget(gate.credential(request))
    return answer
