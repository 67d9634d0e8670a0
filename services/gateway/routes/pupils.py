"""Picking the child a concern is about."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from services.gateway.asking import asks
from services.gateway.calls import Caller
from services.gateway.openapi import BASE
from services.gateway.routes.documented import gives
from services.gateway.schemas.pupils import Categories, PickedPupils

router = APIRouter(prefix=BASE)


@router.get("/pupils", tags=["Pupils"], responses=gives(PickedPupils, "Children whose names begin like this."))
async def pick(
    caller: Annotated[Caller, Depends(asks("pupil:pick"))],
    starts: Annotated[str, Query(min_length=3, max_length=60, description="three letters or more of a name")],
) -> Response:
    """Find a child to link to a concern: name, year and class, nothing else.

    Meant for logging. Every look is recorded, and many in a short time are slowed down.
    """
    return await caller.forward("incident", "GET", "/pupils", params={"starts": starts})


@router.get("/categories", tags=["Concerns"], responses=gives(Categories, "The categories of your school."))
async def categories(caller: Annotated[Caller, Depends(asks("category:list"))]) -> Response:
    """What kinds of concern your school tells apart, with their sub-categories."""
    return await caller.forward("incident", "GET", "/categories")
