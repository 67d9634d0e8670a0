"""The writing coach, and what a school adds to its words."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from services.gateway.asking import asks
from services.gateway.calls import Caller
from services.gateway.openapi import BASE
from services.gateway.routes.documented import IfMatch, gives
from services.gateway.schemas import coaching as schemas

router = APIRouter(prefix=f"{BASE}/coach")

Setter = Annotated[Caller, Depends(asks("category:write"))]


@router.post("", tags=["Concerns"], responses=gives(schemas.Coached, "What could be plainer."))
async def coach(caller: Annotated[Caller, Depends(asks("draft:keep"))], body: schemas.Coach) -> Response:
    """Read along while somebody writes: opinions, initials, vague amounts, children who are named and not linked.

    It warns and never blocks: any text may be logged as it is. Nothing of the text is kept.
    """
    return await caller.forward("incident", "POST", "/coach", body=body)


@router.get("/words", tags=["Settings"], responses=gives(schemas.SchoolWordsShown, "What your school adds.", etag=True))
async def words(caller: Setter) -> Response:
    """What your school adds to the word lists of the writing coach."""
    return await caller.forward("incident", "GET", "/coach/words")


@router.put("/words", tags=["Settings"], responses=gives(schemas.SchoolWordsShown, "They count now.", etag=True))
async def set_words(caller: Setter, body: schemas.SchoolWords, if_match: IfMatch = None) -> Response:
    """Replace what your school adds: phrases it marks too, capitals it knows, phrases it wants left alone."""
    return await caller.forward("incident", "PUT", "/coach/words", body=body)
