"""Correcting an incident, by the DSL team, with the reason: the whole of it as it should be. The first words stay."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from services.gateway.pages.api import Refused
from services.gateway.pages.forms import Form
from services.gateway.pages.frame import page, to
from services.gateway.pages.incident_steps import ByAlert, Version, back_to, fresh, if_match, refused
from services.gateway.pages.opened import Opened, as_it_came
from services.gateway.pages.problems import PageRoute
from services.gateway.pages.visit import Visit, visits
from services.gateway.pages.words import LONDON, at
from shared.errors import NotFound

router = APIRouter(include_in_schema=False, route_class=PageRoute)
Corrector = Annotated[Visit, Depends(visits("incident:correct"))]
CARRIED = ("told_in_person_id", "urgent")


@router.get("/incidents/{incident_id:uuid}/correct")
async def correct_page(
    request: Request, visit: Corrector, incident_id: UUID, alert: ByAlert = None, version: Version = ""
) -> Response:
    opened = await as_it_came(visit, incident_id, alert)
    return await _page(request, visit, opened, form=_as_it_is(opened.seen), version=version)


@router.post("/incidents/{incident_id:uuid}/correct")
async def correct(request: Request, visit: Corrector, incident_id: UUID, alert: ByAlert = None) -> Response:
    form, since = visit.form, None
    read = form.text("version")
    opened = await as_it_came(visit, incident_id, alert)
    if form.has("find"):
        return await _page(request, visit, opened, form=form, version=read)
    body = _body(form, opened)
    try:
        if not form.errors:
            await visit.api.post(f"/incidents/{incident_id}/corrections", body, headers=if_match(form))
            return to(request, back_to(incident_id, alert))
    except Refused as problem:
        since = refused(problem, form)
        opened = await as_it_came(visit, incident_id, alert)
    return await _page(request, visit, opened, form=form, version=read, since=since)


async def _page(
    request: Request,
    visit: Visit,
    opened: Opened,
    *,
    form: Form,
    version: str,
    since: Mapping[str, Any] | None = None,
) -> Response:
    if not visit.may("incident:correct") or not opened.whole:
        raise NotFound()
    starts = form.text("starts")
    found = (await visit.api.get("/pupils", starts=starts))["pupils"] if len(starts) > 2 else []
    listed = (await visit.api.get("/categories"))["categories"]
    return page(
        request,
        "incidents/correct.html",
        status=409 if since else 200,
        form=form,
        opened=opened,
        since=since,
        version=fresh(opened, version, since),
        children=_children(form, opened, found),
        categories=_categories(listed, opened),
        places=(await visit.api.get("/lists/locations"))["entries"],
    )


def _as_it_is(concern: Mapping[str, Any]) -> Form:
    moment = concern["occurred_at"]
    place = concern["location"] or {}
    parts = {f"part-{pupil['pupil_id']}": pupil["part"] for pupil in concern["pupils"]}
    return Form.of(
        {
            "narrative": concern["narrative"],
            "action_taken": concern["action_taken"] or "",
            "day": f"{at(moment):%Y-%m-%d}" if moment else "",
            "clock": f"{at(moment):%H:%M}" if moment else "",
            "time_known": concern["time_known"],
            "category_ids": [one["id"] for one in concern["categories"]],
            "location_id": place.get("id") or "",
            "location_words": place.get("words") or "",
            "sanction": concern["sanction"] or "",
            **parts,
        }
    )


def _children(form: Form, opened: Opened, found: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Id, name, class: who is in it, who was added on this page, and who is found by the name that was looked for."""
    there = [(one["pupil_id"], one["name"], one["class_code"] or "") for one in opened.seen["pupils"]]
    added = [(one.partition(" ")[0], one.partition(" ")[2], "") for one in form.all("added")]
    new = [(one["id"], one["name"], one["class_code"] or "") for one in found]
    return list({one[0]: one for one in (*new, *added, *there)}.values())[::-1]


def _categories(listed: list[dict[str, Any]], opened: Opened) -> list[tuple[str, str]]:
    """Those in use, each below what it belongs to, and those of this incident that are not in use any more."""
    named = {one["id"]: one["name"] for one in listed}
    shown: list[tuple[str, str]] = []
    for above in (one for one in listed if one["parent_id"] not in named):
        shown.append((above["id"], above["name"]))
        below = (one for one in listed if one["parent_id"] == above["id"])
        shown += [(one["id"], f"{above['name']}: {one['name']}") for one in below]
    return shown + [(one, words) for one, words in opened.categories.items() if one not in named]


def _body(form: Form, opened: Opened) -> dict[str, Any]:
    """What is on the page as it was typed, and what is not on it as it was."""
    concern = opened.seen
    for name, words in (
        ("narrative", "Write what happened."),
        ("reason", "Say why it is corrected; the first words stay visible."),
    ):
        if not form.text(name):
            form.wrong(name, words)
    pupils = list(_linked(form, concern))
    if not pupils:
        form.wrong("starts", "At least one child has to be part of it.")
    if not form.all("category_ids"):
        form.wrong("category_ids", "Tick what kind of concern it is.")
    ids = {one["pupil_id"] for one in pupils}
    body = {
        "narrative": form.raw("narrative"),
        "action_taken": form.raw("action_taken") or None,
        "occurred_at": _moment(form, concern),
        "time_known": form.text("time_known", "exact"),
        "category_ids": form.all("category_ids"),
        "pupils": pupils,
        "location_id": form.text("location_id") or None,
        "location_words": form.text("location_words") or None,
        "sanction": form.text("sanction") or None,
        "reason": form.raw("reason"),
        "agencies": [{"agency_id": one["agency_id"], "note": one["note"]} for one in concern["agencies"]],
        "actions_taken": [
            {"text": one["text"], "pupil_ids": [child for child in one["pupil_ids"] if child in ids]}
            for one in concern["actions_taken"]
        ],
        "marks": [
            {name: value for name, value in mark.items() if name != "number"}
            for mark in concern["marks"]
            if mark["pupil_id"] in ids
        ],
    }
    return body | {name: concern[name] for name in CARRIED}


def _linked(form: Form, concern: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every child with a part; who has none is not part of it any more."""
    before = {one["pupil_id"]: one["category_ids"] for one in concern["pupils"]}
    for name, part in form.fields:
        if name.startswith("part-") and part:
            pupil_id = name.removeprefix("part-")
            yield {"pupil_id": pupil_id, "part": part, "category_ids": before.get(pupil_id, [])}


def _moment(form: Form, concern: Mapping[str, Any]) -> str | None:
    """As it was typed, on London's clock; to the second as it was, where nobody has changed it."""
    known, was = form.text("time_known", "exact"), concern["occurred_at"]
    if known == "not_known":
        return None
    clock = "00:00" if known == "date_only" else form.text("clock")
    if was and known != "date_only" and (form.text("day"), clock) == (f"{at(was):%Y-%m-%d}", f"{at(was):%H:%M}"):
        return str(was)
    try:
        told = datetime.combine(date.fromisoformat(form.text("day")), time.fromisoformat(clock), LONDON)
    except ValueError:
        form.wrong(
            "day", "Enter the day it happened, for example 12 3 2026, and the time, or say that it is not known."
        )
        return None
    return told.isoformat()
