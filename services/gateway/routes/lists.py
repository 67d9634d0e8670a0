"""A school's own lists, to choose from while logging."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from services.gateway.asking import asks
from services.gateway.calls import Caller
from services.gateway.openapi import BASE
from services.gateway.routes.documented import gives
from services.gateway.schemas.circumstances import Entries

router = APIRouter(prefix=BASE, tags=["Concerns"])


@router.get("/agencies", responses=gives(Entries, "The agencies of your school."))
async def agencies(caller: Annotated[Caller, Depends(asks("category:list"))]) -> Response:
    """The agencies your school speaks to, in its order."""
    return await caller.forward("incident", "GET", "/agencies")


@router.get("/locations", responses=gives(Entries, "The places of your school."))
async def locations(caller: Annotated[Caller, Depends(asks("category:list"))]) -> Response:
    """The places your school tells apart, in its order."""
    return await caller.forward("incident", "GET", "/locations")
