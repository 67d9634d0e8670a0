"""The audit of all services as one."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AwareDatetime

from services.gateway.asking import asks
from services.gateway.audited import Question, audit_of_the_house
from services.gateway.calls import Caller
from services.gateway.openapi import BASE
from services.gateway.routes.documented import gives
from services.gateway.schemas import audit as schemas

router = APIRouter(prefix=f"{BASE}/audit", tags=["Settings"])


@router.get("", responses=gives(schemas.Audit, "Who did what, the newest first."))
async def read(
    *,
    request: Request,
    caller: Annotated[Caller, Depends(asks("audit:read"))],
    staff_id: Annotated[UUID | None, Query(description="only what this member of staff did")] = None,
    pupil_id: Annotated[UUID | None, Query(description="only what was about this child")] = None,
    kind: Annotated[
        str | None,
        Query(max_length=64, pattern=r"^[a-z0-9_.-]+$", description="the first word of an action, as `incident`"),
    ] = None,
    since: Annotated[AwareDatetime | None, Query(description="a moment with its time zone")] = None,
    until: Annotated[AwareDatetime | None, Query(description="a moment with its time zone")] = None,
    cursor: Annotated[str | None, Query(max_length=200, description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="how many at most")] = 50,
) -> Response:
    """Who did or read what in your school, when, about whom and why; and up to where it is sealed.

    For the lead DSL and the data protection officer, with elevated access. Reading it is recorded in it.
    """
    question = Question(
        staff_id=staff_id, pupil_id=pupil_id, kind=kind, since=since, until=until, cursor=cursor, limit=limit
    )
    return await audit_of_the_house(request, caller, question)
