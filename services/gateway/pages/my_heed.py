"""My Heed: where everybody begins. What one has written, what one was told of, what one owes."""

import asyncio
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from services.gateway.gate import gate_of
from services.gateway.pages.api import Refused
from services.gateway.pages.first_run import is_untouched
from services.gateway.pages.frame import page, to
from services.gateway.pages.problems import PageRoute
from services.gateway.pages.visit import SignedInVisit, Visit, visits
from shared.identity import public

router = APIRouter(include_in_schema=False, route_class=PageRoute)

MOST_ALERTS = 50
MOST_READ = 10  # of what was read and is not done yet, beside what is new
NOTHING: dict[str, Any] = {"alerts": [], "next": None, "names": {}, "notices": []}
When = Literal["open", "week", "overdue"]
Cursor = Annotated[str | None, Query(max_length=200)]


@router.get("/", dependencies=[Depends(public())])
async def start(request: Request) -> Response:
    """To one's own page, or to the sign-in; whether a session still holds is for the next page to find out."""
    if gate_of(request).cookies.session_of(request):
        return to(request, "/my")
    return to(request, "/first-run" if await is_untouched(request) else "/sign-in")


@router.get("/my")
async def my_heed(request: Request, visit: SignedInVisit, cursor: Cursor = None) -> Response:
    """One page for all; whoever reads widely has their alerts and figures first, everybody else what they wrote."""
    (told, waits), own, drafts, schools = await asyncio.gather(
        desk_of(visit), _own(visit, cursor), _drafts(visit), _schools(visit)
    )
    return page(request, "my-heed.html", told=told, waits=waits, own=own, drafts=drafts, schools=schools)


@router.get("/my/waiting")
async def what_waits(request: Request, visit: Annotated[Visit, Depends(visits("alert:read"))]) -> Response:
    """The figures and the list alone, for a page that is open: nothing is read but what is shown anew."""
    told, waits = await desk_of(visit)
    return page(request, "waiting.html", told=told, waits=waits)


@router.get("/my/duties")
async def duties(
    request: Request,
    visit: Annotated[Visit, Depends(visits("duty:own"))],
    when: When = "open",
    of: Literal["me", "school"] = "me",
    cursor: Cursor = None,
) -> Response:
    return await _duties(request, visit, when=when, of=of, cursor=cursor)


@router.post("/my/duties/{duty_id:uuid}/done")
async def duty_done(
    *,
    request: Request,
    visit: Annotated[Visit, Depends(visits("action:done"))],
    duty_id: UUID,
    when: When = "open",
    of: Literal["me", "school"] = "me",
) -> Response:
    form, field = visit.form, f"note-{duty_id}"
    if not form.text("note"):
        form.wrong(field, "Write what was done, and what came of it.")
    try:
        if not form.errors:
            await visit.api.post(f"/duties/{duty_id}/done", {"note": form.raw("note")})
            return to(request, f"/my/duties?when={when}&of={of}")
    except Refused as problem:
        if problem.status not in {409, 422}:
            raise
        form.take(problem, lambda _: field)
    return await _duties(request, visit, when=when, of=of, cursor=None, typed_for=str(duty_id))


async def _duties(
    request: Request, visit: Visit, *, when: When, of: str, cursor: str | None, typed_for: str = ""
) -> Response:
    """Alerting knows what is owed by when, the incident service the words of it."""
    mine = "/mine" if of == "me" else ""
    owed, actions = await asyncio.gather(
        visit.api.get(f"/duties{mine}", when=when, cursor=cursor, limit=100),
        visit.api.get(f"/actions{mine}", limit=100),
    )
    words = {one["id"]: one for one in actions["actions"]}
    return page(
        request,
        "duties.html",
        form=visit.form,
        owed=owed,
        words=words,
        names=owed["names"] | actions["names"],
        when=when,
        of=of,
        typed_for=typed_for,
    )


async def desk_of(visit: Visit) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """What is new in the order of "see next", apart from it what was read and is not done yet, and the figures.

    Nothing and None for who is not sure enough to be told anything.
    """
    if not (visit.sure and visit.may("alert:read")):
        return {"unread": NOTHING, "read": NOTHING, "notices": []}, None
    desk = await visit.api.get("/alerts/desk", limit=MOST_ALERTS, read=MOST_READ)
    lists = {name: desk[name] | {"names": desk["names"]} for name in ("unread", "read")}
    return {**lists, "notices": desk["notices"]}, desk["waiting"]


async def alerts_of(visit: Visit, state: str, *, cursor: str | None = None, limit: int = MOST_ALERTS) -> dict[str, Any]:
    """Their alerts in the order of "see next"; nothing for who is not sure enough to be told anything."""
    if not (visit.sure and visit.may("alert:read")):
        return NOTHING
    listed: dict[str, Any] = await visit.api.get("/alerts", state=state, cursor=cursor, limit=limit)
    return listed


async def waiting(visit: Visit) -> dict[str, Any] | None:
    """The figures; None where there is nobody to have any, and while alerting does not answer."""
    if not (visit.sure and visit.may("alert:read")):
        return None
    try:
        waits: dict[str, Any] = await visit.api.get("/alerts/waiting")
    except Refused as problem:
        if problem.status != 503:
            raise
        return None
    return waits


async def _own(visit: Visit, cursor: str | None) -> dict[str, Any]:
    if not (visit.sure and visit.may("incident:own")):
        return {"incidents": [], "next": None, "notices": []}
    own: dict[str, Any] = await visit.api.get("/incidents", cursor=cursor, limit=20)
    return own


async def _drafts(visit: Visit) -> list[dict[str, Any]]:
    if not visit.may("draft:keep"):
        return []
    return list((await visit.api.get("/drafts"))["drafts"])


async def _schools(visit: Visit) -> list[dict[str, Any]] | None:
    """How the schools of the trust stand, for those of the trust; None until they have elevated access."""
    if not (visit.may("figures:read") and visit.elevated):
        return None
    return list((await visit.api.get("/figures"))["schools"])
