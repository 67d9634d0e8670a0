"""Searching the record by its words."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from services.gateway import composing
from services.gateway.asking import asks
from services.gateway.calls import Caller
from services.gateway.openapi import BASE
from services.gateway.routes.documented import gives
from services.gateway.schemas import searching as schemas

router = APIRouter(prefix=f"{BASE}/incidents", tags=["Concerns"])


@router.post("/search", responses=gives(schemas.Hits, "What says this and you may see, the newest first."))
async def search(
    request: Request, caller: Annotated[Caller, Depends(asks("incident:read"))], body: schemas.WantedWords
) -> Response:
    """Search what was written: in concerns as they stand now, in actions and in additions.

    Finds what you may read and nothing else; with elevated access more. What was found is recorded, what you typed
    is not.
    """
    answer = await caller.call("incident", "POST", "/incidents/search", body=body)
    return await composing.with_names(request, answer)
