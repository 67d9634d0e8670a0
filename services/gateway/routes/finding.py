"""Finding a child, and reading what is on their record."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AwareDatetime

from services.gateway import composing
from services.gateway.asking import asks
from services.gateway.calls import Caller
from services.gateway.openapi import BASE
from services.gateway.routes.documented import gives
from services.gateway.schemas import finding as schemas
from shared.contracts.words import Part

router = APIRouter(prefix=f"{BASE}/pupils", tags=["Pupils"])
Reader = Annotated[Caller, Depends(asks("pupil:chronology"))]
Time = Annotated[AwareDatetime | None, Query(description="a moment with its time zone")]


@router.post("/find", responses=gives(schemas.FoundPupils, "The children who fit, the surest first."))
async def find(caller: Annotated[Caller, Depends(asks("pupil:find"))], body: schemas.WantedPupil) -> Response:
    """Find a child by name, by how it sounds, by UPN or by class.

    Needs elevated access. Teachers find the children of their classes. Who was found is recorded.
    """
    return await caller.forward("incident", "POST", "/pupils/find", body=body)


@router.get("/{pupil_id}/chronology", responses=gives(schemas.Chronology, "A page of entries, the newest first."))
async def chronology(
    *,
    request: Request,
    caller: Reader,
    pupil_id: UUID,
    category: Annotated[
        list[UUID] | None, Query(max_length=20, description="only these categories, with those beneath them")
    ] = None,
    since: Time = None,
    until: Time = None,
    kind: Annotated[
        Literal["action", "addendum", "correction", "step"] | None,
        Query(description="only entries with an action for this child, an addition, a correction, or that were closed"),
    ] = None,
    part: Annotated[Part | None, Query(description="only entries in which this child had this part")] = None,
    significant: Annotated[bool, Query(description="only significant events")] = False,
    new: Annotated[bool, Query(description="only what is new since you last looked")] = False,
    cursor: Annotated[str | None, Query(max_length=200, description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=100, description="how many at most")] = 20,
) -> Response:
    """Everything on a child's record that you may see, as it happened, with what followed and what was corrected.

    Needs elevated access. Each page is recorded before it leaves.
    """
    params = {
        "category": [str(one) for one in category or ()],
        "since": since.isoformat() if since else None,
        "until": until.isoformat() if until else None,
        "kind": kind,
        "part": part,
        "significant": significant,
        "new": new,
        "cursor": cursor,
        "limit": limit,
    }
    answer = await caller.call("incident", "GET", f"/pupils/{pupil_id}/chronology", params=params)
    return await composing.with_names(request, answer)
