"""By when concerns must be read, and who is told when they are not."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from services.gateway.asking import asks
from services.gateway.calls import Caller
from services.gateway.openapi import BASE
from services.gateway.routes.documented import IfMatch, gives
from services.gateway.schemas import escalation as schemas

router = APIRouter(prefix=f"{BASE}/escalation-settings", tags=["Settings"])
Writer = Annotated[Caller, Depends(asks("rules:write"))]


@router.get("", responses=gives(schemas.EscalationSettings, "What your school has set.", etag=True))
async def read_settings(caller: Writer) -> Response:
    """By when concerns must be read; a deputy DSL, then the head, then the trust is told when they are not."""
    return await caller.forward("alerting", "GET", "/escalation-settings")


@router.put("", responses=gives(schemas.EscalationSettings, "The settings as they are now.", etag=True))
async def write_settings(caller: Writer, body: schemas.NewEscalationSettings, if_match: IfMatch = None) -> Response:
    """Set by when concerns must be read, when the school is open, and its holidays."""
    return await caller.forward("alerting", "PUT", "/escalation-settings", body=body)
