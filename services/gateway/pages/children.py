"""A child: find them, and everything that is on their record on one page; who has looked, on another."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from services.gateway.pages.api import Refused
from services.gateway.pages.forms import Form
from services.gateway.pages.frame import page, to
from services.gateway.pages.patterns import patterns_of
from services.gateway.pages.problems import PageRoute
from services.gateway.pages.visit import Visit, visits
from services.gateway.pages.words import PARTS, midnight

router = APIRouter(prefix="/children", include_in_schema=False, route_class=PageRoute)
Finder = Annotated[Visit, Depends(visits("pupil:find"))]
Reader = Annotated[Visit, Depends(visits("pupil:chronology"))]
Cursor = Annotated[str | None, Query(max_length=200)]

FLAGS = {
    "child_protection_plan": "Child protection plan",
    "child_in_need": "Child in need",
    "safe_address": "Safe address",
    "looked_after": "Looked after",
    "ehcp": "EHCP",
    "medical": "Medical",
}
PROTECTION = frozenset({"child_protection_plan", "child_in_need", "safe_address"})
KINDS = {
    "action": "with an action",
    "addendum": "with an addition",
    "correction": "corrected",
    "step": "closed or reopened",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing to be changed: in which section of the page, where the API takes it, and its fields on the page."""

    section: str
    path: str
    body: dict[str, Any] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    method: str = "POST"


@router.get("")
async def find_page(request: Request, visit: Finder) -> Response:
    return page(request, "children/find.html", found=None)


@router.post("")
async def find(request: Request, visit: Finder) -> Response:
    """By a form that is sent, not by an address: a name in an address stays in the history of a browser."""
    form = visit.form
    wanted = {name: form.text(name) for name in ("name", "upn", "class_code") if form.text(name)}
    if not wanted:
        form.wrong("name", "Enter a name, a UPN or a class")
        return page(request, "children/find.html", form=form, found=None)
    try:
        found = await visit.api.post("/pupils/find", wanted)
    except Refused as problem:
        if not problem.errors:
            raise
        form.take(problem)
        return page(request, "children/find.html", form=form, found=None)
    return page(request, "children/find.html", form=form, found=found)


@router.get("/{child_id}")
async def child(
    *,
    request: Request,
    visit: Reader,
    child_id: UUID,
    category: Annotated[list[str] | None, Query()] = None,
    since: str = "",
    until: str = "",
    kind: str = "",
    part: str = "",
    show: str = "",
    cursor: Cursor = None,
) -> Response:
    """Head, chronology, significant events, patterns, contacts and attendance: all that is to be read."""
    asked = {
        "category": _ids(category or ()),
        "since": midnight(since),
        "until": midnight(until, after=True),
        "kind": kind if kind in KINDS else None,
        "part": part if part in PARTS else None,
        "significant": show == "significant" or None,
        "new": show == "new" or None,
    }
    return await _child_page(request, visit, child_id, asked, show=show, cursor=cursor)


async def _child_page(
    request: Request,
    visit: Visit,
    child_id: UUID,
    asked: dict[str, Any] | None = None,
    *,
    show: str = "",
    cursor: str | None = None,
    form: Form | None = None,
) -> Response:
    where, asked = f"/pupils/{child_id}", asked or {}
    # One after the other for what is refused as a whole; together what is left.
    record = await visit.api.get(where)
    chronology, significant, repeated, categories = await asyncio.gather(
        visit.api.get(f"{where}/chronology", cursor=cursor, **asked),
        visit.api.get(f"{where}/significant"),
        visit.api.get(f"{where}/patterns"),
        visit.api.get("/categories"),
    )
    return page(
        request,
        "children/child.html",
        form=form,
        child=record,
        address=f"/children/{child_id}",
        chronology=chronology,
        significant=significant,
        patterns=patterns_of(repeated),
        categories=categories["categories"],
        asked=asked,
        query=request.query_params,
        filtered=any(asked.values()),
        further=_further(request, chronology["next"]),
        show=show,
        flags=_flags_to_raise(visit),
        flag_words=FLAGS,
        parts=PARTS,
        kinds=KINDS,
    )


@router.get("/{child_id}/looked-at")
async def looked_at(
    request: Request,
    visit: Annotated[Visit, Depends(visits("pupil:looked-at"))],
    child_id: UUID,
    cursor: Cursor = None,
) -> Response:
    looks = await visit.api.get(f"/pupils/{child_id}/looked-at", cursor=cursor)
    return page(
        request,
        "children/looked-at.html",
        looks=looks,
        address=f"/children/{child_id}",
        further=_further(request, looks["next"]),
    )


@router.get("/{child_id}/numbers")
async def numbers(request: Request, visit: Reader, child_id: UUID) -> Response:
    """UPN and other numbers: hidden until they are asked for, and that is recorded."""
    record = await visit.api.get(f"/pupils/{child_id}", identifiers=True)
    return page(request, "children/numbers.html", child=record, address=f"/children/{child_id}")


# ---------------------------------------------------------------------------------------------- what is changed here
@router.post("/{child_id}/flags")
async def raise_flag(request: Request, visit: Reader, child_id: UUID) -> Response:
    form = visit.form
    body = {"kind": form.text("flag"), "note": form.text("flag_note") or None}
    change = Change("contacts", "/flags", body, {"kind": "flag", "note": "flag_note"})
    return await _changed(request, visit, child_id, change)


@router.post("/{child_id}/flags/{flag_id}/end")
async def end_flag(request: Request, visit: Reader, child_id: UUID, flag_id: UUID) -> Response:
    return await _changed(request, visit, child_id, Change("contacts", f"/flags/{flag_id}/end"))


@router.post("/{child_id}/contacts/{contact_id}/do-not-contact")
async def mark_contact(request: Request, visit: Reader, child_id: UUID, contact_id: UUID) -> Response:
    reason = f"reason_{contact_id}"
    body = {"reason": visit.form.text(reason) or None}
    path = f"/contacts/{contact_id}/do-not-contact"
    return await _changed(request, visit, child_id, Change("contacts", path, body, {"reason": reason}, "PUT"))


@router.post("/{child_id}/significant/{incident_id}")
async def mark_significant(request: Request, visit: Reader, child_id: UUID, incident_id: UUID) -> Response:
    form = visit.form
    headline, analysis = f"headline_{incident_id}", f"analysis_{incident_id}"
    body = {"headline": form.text(headline), "analysis": form.text(analysis) or None}
    fields = {"headline": headline, "analysis": analysis}
    change = Change("significant", f"/significant/{incident_id}", body, fields)
    return await _changed(request, visit, child_id, change)


@router.post("/{child_id}/significant/{incident_id}/retire")
async def unmark_significant(request: Request, visit: Reader, child_id: UUID, incident_id: UUID) -> Response:
    reason = f"retire_{incident_id}"
    path, body = f"/significant/{incident_id}/retire", {"reason": visit.form.text(reason)}
    return await _changed(request, visit, child_id, Change("significant", path, body, {"reason": reason}))


@router.post("/{child_id}/preferred-name")
async def prefer_name(request: Request, visit: Reader, child_id: UUID) -> Response:
    form = visit.form
    body = {name: form.text(name) or None for name in ("forename", "surname")}
    return await _changed(request, visit, child_id, Change("names", "/preferred-name", body, method="PUT"))


@router.post("/{child_id}/names-apart")
async def keep_names_apart(request: Request, visit: Reader, child_id: UUID) -> Response:
    body = {"reason": visit.form.text("apart_reason")}
    return await _changed(request, visit, child_id, Change("names", "/names-apart", body, {"reason": "apart_reason"}))


async def _changed(request: Request, visit: Visit, child_id: UUID, change: Change) -> Response:
    try:
        await visit.api.send(change.method, f"/pupils/{child_id}{change.path}", body=change.body)
    except Refused as problem:
        if not problem.errors:
            raise
        visit.form.take(problem, change.fields)
        return await _child_page(request, visit, child_id, form=visit.form)
    return to(request, f"/children/{child_id}#{change.section}")


def _flags_to_raise(visit: Visit) -> list[tuple[str, str]]:
    if not visit.may("pupil:change"):
        return []
    return [one for one in FLAGS.items() if one[0] not in PROTECTION or visit.may("flags:protection")]


def _ids(given: Iterable[str]) -> list[str] | None:
    """The ids among what an address holds; what is none filters nothing."""
    found = []
    for one in given:
        try:
            found.append(str(UUID(one)))
        except ValueError:
            continue
    return found or None


def _further(request: Request, cursor: str | None) -> str | None:
    """The address of the next page, with the same filters."""
    if cursor is None:
        return None
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
    return f"?{urlencode([*kept, ('cursor', cursor)])}"
