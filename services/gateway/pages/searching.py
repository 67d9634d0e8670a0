"""Searching what was written."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from services.gateway.pages.api import Refused
from services.gateway.pages.frame import page
from services.gateway.pages.problems import PageRoute
from services.gateway.pages.visit import Visit, visits

router = APIRouter(include_in_schema=False, route_class=PageRoute)
Searcher = Annotated[Visit, Depends(visits("incident:read"))]


@router.get("/search")
async def search_page(request: Request, visit: Searcher) -> Response:
    return page(request, "search.html", found=None)


@router.post("/search")
async def search(request: Request, visit: Searcher) -> Response:
    """By a form that is sent: what is searched for stays in no address and no history."""
    form = visit.form
    words = form.text("words")
    if not words:
        form.wrong("words", "Enter what you are looking for, for example bruise or “go home”")
        return page(request, "search.html", form=form, found=None)
    body = {"words": words} | ({"cursor": form.text("cursor")} if form.text("cursor") else {})
    try:
        found = await visit.api.post("/incidents/search", body)
    except Refused as problem:
        if not problem.errors:
            raise
        form.take(problem, {"cursor": "words"})
        return page(request, "search.html", form=form, found=None)
    return page(request, "search.html", form=form, found=found)
