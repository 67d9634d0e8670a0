"""Shields: who is kept from which child or concern, for those who decide it."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from services.gateway.pages.api import Refused
from services.gateway.pages.forms import Form
from services.gateway.pages.frame import page, to
from services.gateway.pages.problems import PageRoute
from services.gateway.pages.visit import Visit, visits

router = APIRouter(prefix="/settings/shields", include_in_schema=False, route_class=PageRoute)
Decider = Annotated[Visit, Depends(visits("shield:write"))]
HERE = "/settings/shields"
CHILD, CONCERN = "pupil_id", "incident_id"


@router.get("")
async def shields_page(request: Request, visit: Decider) -> Response:
    return await _shown(request, visit)


@router.post("/find")
async def find(request: Request, visit: Decider) -> Response:
    """Who, and from whom or what: by a form, so that no name stands in an address."""
    return await _found(request, visit, visit.form)


@router.post("")
async def raise_shield(request: Request, visit: Decider) -> Response:
    form = visit.form
    kind, _, about = form.text("about").partition(":")
    if not form.text("staff_id"):
        form.wrong("staff_id", "Choose the member of staff")
    if kind not in {CHILD, CONCERN}:
        form.wrong("about", "Choose the child or the concern")
    if not form.text("reason"):
        form.wrong("reason", "Say why, for example: parent of this child")
    if form.errors:
        return await _found(request, visit, form)
    body = {"staff_id": form.text("staff_id"), kind: about, "reason": form.text("reason")}
    try:
        await visit.api.post("/shields", body)
    except Refused as problem:
        if not problem.errors:
            raise
        form.take(problem, {CHILD: "about", CONCERN: "about"})
        return await _found(request, visit, form)
    return to(request, HERE)


@router.post("/{shield_id}/end")
async def end(request: Request, visit: Decider, shield_id: UUID) -> Response:
    await visit.api.delete(f"/shields/{shield_id}")
    return to(request, HERE)


async def _found(request: Request, visit: Visit, form: Form) -> Response:
    """The page with those to choose from; what was looked for goes along, and is looked for again."""
    who, child, number = (form.text(name) for name in ("who", "child", "number"))
    if not who:
        form.wrong("who", "Enter how the name of the member of staff begins")
    if number and not number.isdecimal():
        form.wrong("number", "Enter the number alone, for example 1042")
    elif not child and not number:
        form.wrong("child", "Enter a child’s name, or the number of a concern")
    if form.errors.keys() & {"who", "child", "number"}:
        return await _shown(request, visit, form=form)
    wanted = ({"name": child} if child else {}) | ({"number": int(number)} if number else {})
    try:
        there = await visit.api.post("/shields/find", wanted)
    except Refused as problem:
        if not problem.errors:
            raise
        form.take(problem, {"name": "child"})
        return await _shown(request, visit, form=form)
    staff = (await visit.api.get("/staff", starts=who))["staff"]
    return await _shown(request, visit, form=form, staff=staff, about=_about(there))


def _about(there: dict[str, Any]) -> list[tuple[str, str]]:
    """The children and the concern that were found, as a list to choose from."""
    found = []
    for one in there["pupils"]:
        where = [f"Year {one['year_group']}" if one["year_group"] else "", one["class_code"] or ""]
        found.append((f"{CHILD}:{one['id']}", " · ".join([one["name"], *filter(None, where)])))
    if there["incident"]:
        found.append((f"{CONCERN}:{there['incident']['id']}", f"Incident {there['incident']['number']}"))
    return found


async def _shown(
    request: Request,
    visit: Visit,
    *,
    form: Form | None = None,
    staff: list[dict[str, Any]] | None = None,
    about: list[tuple[str, str]] | None = None,
) -> Response:
    shields = await visit.api.get("/shields")
    return page(request, "settings/shields.html", form=form, shields=shields, staff=staff, about=about)
