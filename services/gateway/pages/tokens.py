"""Personal tokens: a program acts for somebody, with a part of what they may do."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from services.gateway.pages.api import Refused
from services.gateway.pages.frame import page, to
from services.gateway.pages.problems import PageRoute
from services.gateway.pages.visit import Visit, visits
from shared.contracts.words import Assurance
from shared.policy import ACTIONS

router = APIRouter(prefix="/me/tokens", include_in_schema=False, route_class=PageRoute)
Owner = Annotated[Visit, Depends(visits("token:own"))]
# Nobody is there to give a program's code: what needs one is for people alone.
FOR_PROGRAMS: Final = [name for name, rule in ACTIONS.items() if rule.assurance < Assurance.ELEVATED]
# In words, for people; what is not here is called as the API calls it.
IN_WORDS: Final = {
    "incident:log": "Log a concern",
    "draft:keep": "Keep a draft",
    "draft:list": "See my drafts",
    "pupil:pick": "Pick a child for a concern",
    "category:list": "See the categories",
    "incident:own": "See what I wrote",
    "incident:read": "Read concerns I was told of",
    "addendum:add": "Add to what I wrote",
    "action:add": "Add an action",
    "action:done": "Say that an action is done",
    "action:own": "See what I have to do",
    "duty:own": "See my duties",
    "alert:read": "Read my alerts",
    "alert:add": "Alert somebody else",
    "break-glass:end": "End a break-glass of mine",
    "staff:list": "Find colleagues",
    "group:list": "See the groups",
    "absence:own": "Say that I am away",
    "mails:own": "Choose when mails come",
}


@router.get("")
async def tokens(request: Request, visit: Owner) -> Response:
    return await _tokens(request, visit)


@router.post("")
async def make_token(request: Request, visit: Owner) -> Response:
    """Shown this once, on the page that answers."""
    form = visit.form
    if not form.all("scopes"):
        form.wrong("scopes", "Choose at least one thing that the program may do.")
    if not form.text("name"):
        form.wrong("name", "Enter a name by which you will know it, for example the program's.")
    if form.errors:
        return await _tokens(request, visit)
    try:
        made = await visit.api.post("/tokens", {"name": form.text("name"), "scopes": form.all("scopes")})
    except Refused as problem:
        if not problem.errors:
            raise
        form.take(problem)
        return await _tokens(request, visit)
    return await _tokens(request, visit, made=made)


@router.post("/{token_id}/end")
async def end_token(request: Request, visit: Owner, token_id: UUID) -> Response:
    await visit.api.delete(f"/tokens/{token_id}")
    return to(request, "/me/tokens")


async def _tokens(request: Request, visit: Visit, made: dict[str, Any] | None = None) -> Response:
    mine = (await visit.api.get("/tokens"))["tokens"]
    may = [(name, f"{IN_WORDS.get(name, name)} ({name})") for name in FOR_PROGRAMS if visit.may(name)]
    return page(request, "own/tokens.html", form=visit.form, tokens=mine, made=made, may=may)
