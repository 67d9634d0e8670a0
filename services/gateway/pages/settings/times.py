"""Times: by when alerts are read, when the school is open, and its holidays."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from services.gateway.pages.acting import done_or_again
from services.gateway.pages.forms import Form
from services.gateway.pages.frame import page
from services.gateway.pages.problems import PageRoute
from services.gateway.pages.visit import Visit, visits

router = APIRouter(prefix="/settings/times", include_in_schema=False, route_class=PageRoute)
Writer = Annotated[Visit, Depends(visits("rules:write"))]
HERE = "/settings/times"
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
EMPTY_HOLIDAYS = 2


@router.get("")
async def times_page(request: Request, visit: Writer) -> Response:
    return await _shown(request, visit)


@router.post("")
async def save(request: Request, visit: Writer) -> Response:
    form = visit.form
    body, places = _body(form)
    if form.errors:
        return await _shown(request, visit, form=form)
    seen = {"If-Match": f'"{form.text("version")}"'}
    return await done_or_again(
        request,
        visit,
        visit.api.put("/escalation-settings", body, headers=seen),
        then=HERE,
        again=lambda: _shown(request, visit, form=form),
        fields=lambda path: places.get(".".join(path.split(".")[:2]), "hours"),
    )


def _body(form: Form) -> tuple[dict[str, Any], dict[str, str]]:
    """What the form says, and which of its fields stands for which part of that."""
    places: dict[str, str] = {}
    times: list[dict[str, Any]] = []
    hours: list[dict[str, Any]] = []
    holidays: list[dict[str, Any]] = []
    for category_id in form.all("category_id"):
        name = f"minutes_{category_id}"
        if not form.text(name):
            continue
        if not form.text(name).isdecimal():
            form.wrong(name, "Enter a whole number of minutes, for example 60")
            continue
        places[f"times.{len(times)}"] = name
        times.append({"category_id": category_id, "minutes": int(form.text(name))})
    for number, _ in enumerate(DAYS):
        opens, closes = form.text(f"opens_{number}"), form.text(f"closes_{number}")
        if opens or closes:
            places[f"hours.{len(hours)}"] = f"opens_{number}"
            hours.append({"weekday": number, "opens": opens, "closes": closes})
    for number in range(int(form.text("holidays") or 0)):
        first, last = form.text(f"first_{number}"), form.text(f"last_{number}")
        if first or last:
            places[f"holidays.{len(holidays)}"] = f"first_{number}"
            holidays.append({"first": first, "last": last or first})
    return {"times": times, "hours": hours, "holidays": holidays}, places


async def _shown(request: Request, visit: Visit, *, form: Form | None = None) -> Response:
    there, categories = await asyncio.gather(visit.api.get("/escalation-settings"), visit.api.get("/categories"))
    rows = len(there["holidays"]) + EMPTY_HOLIDAYS
    if form is None:
        form = _as_form(there)
    return page(
        request,
        "settings/times.html",
        form=form,
        there=there,
        days=DAYS,
        holidays=rows,
        categories=[one for one in categories["categories"] if not one["parent_id"]],
    )


def _as_form(there: dict[str, Any]) -> Form:
    values = {f"minutes_{one['category_id']}": str(one["minutes"]) for one in there["times"]}
    for one in there["hours"]:
        values |= {f"opens_{one['weekday']}": one["opens"][:5], f"closes_{one['weekday']}": one["closes"][:5]}
    for number, one in enumerate(there["holidays"]):
        values |= {f"first_{number}": one["first"], f"last_{number}": one["last"]}
    return Form.of(values)
