"""Agencies and places: what a form offers to choose from, in the school's own order."""

from collections.abc import Awaitable
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from services.gateway.pages.acting import done_or_again
from services.gateway.pages.forms import Form
from services.gateway.pages.frame import page
from services.gateway.pages.problems import PageRoute
from services.gateway.pages.visit import Visit, visits

router = APIRouter(prefix="/settings/lists", include_in_schema=False, route_class=PageRoute)
Which = Literal["agencies", "locations"]
Writer = Annotated[Visit, Depends(visits("category:write"))]


@router.get("/{which}")
async def list_page(request: Request, visit: Writer, which: Which) -> Response:
    return await _shown(request, visit, which)


@router.post("/{which}")
async def add(request: Request, visit: Writer, which: Which) -> Response:
    act = visit.api.post(f"/lists/{which}", {"name": visit.form.text("name")})
    return await _done(request, visit, which, act)


@router.post("/{which}/merge")
async def merge(request: Request, visit: Writer, which: Which) -> Response:
    """Two names of one: chosen below the list, for a choice beside each entry would be a list for each entry."""
    chosen = visit.form.text("entry")
    if chosen not in {one["id"] for one in (await visit.api.get(f"/lists/{which}"))["entries"]}:
        visit.form.wrong("entry", "Choose the one that goes.")
        return await _shown(request, visit, which, form=visit.form)
    act = visit.api.post(f"/lists/{which}/{chosen}/merge", {"into": visit.form.text("into")})
    return await _done(request, visit, which, act)


@router.post("/{which}/{entry_id}")
async def rename(request: Request, visit: Writer, which: Which, entry_id: UUID) -> Response:
    field = f"name_{entry_id}"
    act = visit.api.patch(f"/lists/{which}/{entry_id}", {"name": visit.form.text(field)})
    return await _done(request, visit, which, act, field)


@router.post("/{which}/{entry_id}/retire")
async def retire(request: Request, visit: Writer, which: Which, entry_id: UUID) -> Response:
    return await _done(request, visit, which, visit.api.post(f"/lists/{which}/{entry_id}/retire"))


@router.post("/{which}/{entry_id}/up")
async def move_up(request: Request, visit: Writer, which: Which, entry_id: UUID) -> Response:
    """One place up; the buttons of a list need no script and no mouse."""
    ids = [one["id"] for one in (await visit.api.get(f"/lists/{which}"))["entries"]]
    place = ids.index(str(entry_id)) if str(entry_id) in ids else 0
    if place > 0:
        ids[place - 1 : place + 1] = ids[place], ids[place - 1]
    return await _done(request, visit, which, visit.api.put(f"/lists/{which}/order", {"ids": ids}))


async def _done(request: Request, visit: Visit, which: Which, act: Awaitable[Any], field: str = "name") -> Response:
    return await done_or_again(
        request,
        visit,
        act,
        then=f"/settings/lists/{which}",
        again=lambda: _shown(request, visit, which, form=visit.form),
        fields={"name": field},
    )


async def _shown(request: Request, visit: Visit, which: Which, *, form: Form | None = None) -> Response:
    entries = (await visit.api.get(f"/lists/{which}"))["entries"]
    return page(request, "settings/list.html", form=form, which=which, entries=entries)
