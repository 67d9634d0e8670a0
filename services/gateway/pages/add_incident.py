"""Add incident: one page in numbered parts, kept as a draft, checked, submitted once."""

import asyncio
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from services.gateway.pages import body_map, concern_form, kiosk, recording
from services.gateway.pages.api import Refused
from services.gateway.pages.concern_form import Written, written
from services.gateway.pages.forms import Form
from services.gateway.pages.frame import page, to
from services.gateway.pages.problems import PageRoute
from services.gateway.pages.visit import Visit, visits
from services.gateway.pages.words import LONDON
from shared.ids import new_id

router = APIRouter(prefix="/incidents/new", include_in_schema=False, route_class=PageRoute)
Writer = Annotated[Visit, Depends(visits("incident:log"))]
Only = Annotated[int, Query(alias="part", ge=0, le=8)]
FOUND_NOBODY: Final = "Nobody of this name was found. Check the spelling, or try the other name."
PLACES_OF: Final = {
    figure: {view: [(p.name, p.x, p.y) for p in body_map.places(view, figure)] for view in body_map.VIEWS}
    for figure in body_map.FIGURES
}
REASONS: Final = {
    "head": "head: every incident",
    "lead_dsl": "lead DSL: every incident",
    "stand_in": "next in line for safeguarding",
    "rule": "your school’s rules for this kind",
    "class_teacher": "class teacher",
    "deputy": "stands in for a colleague",
    "chosen_group": "in a group you chose",
    "chosen_person": "you chose them",
}


def today() -> Any:
    return datetime.now(LONDON).date()


@router.get("")
async def begin(request: Request, visit: Writer) -> Response:
    """Every form has an address of its own from the first moment: a draft, and a second tap, are known by it."""
    return to(request, f"/incidents/new/{new_id()}")


@router.get("/{draft_id}")
async def show(request: Request, visit: Writer, draft_id: UUID, only: Only = 0) -> Response:
    # On a kiosk one's other drafts are not listed: others walk past.
    drafts = [] if visit.kiosk else (await visit.api.get("/drafts"))["drafts"]
    begun = visit.kiosk or any(one["id"] == str(draft_id) for one in drafts)
    draft = await _draft(visit, draft_id) if begun else None
    if draft is None:
        others = [one for one in drafts if one["id"] != str(draft_id)]
        return await form_page(request, visit, draft_id, Form(), only=only, others=others)
    form = concern_form.of_draft(draft["content"])
    return await form_page(
        request, visit, draft_id, form, version=draft["version"], saved_at=draft["saved_at"], only=only
    )


async def _draft(visit: Visit, draft_id: UUID) -> dict[str, Any] | None:
    try:
        draft: dict[str, Any] = await visit.api.get(f"/drafts/{draft_id}")
    except Refused as problem:
        if problem.code != "not-found":
            raise
        return None
    return draft


@router.get("/{draft_id}/check")
async def check_again(request: Request, visit: Writer, draft_id: UUID) -> Response:
    """What is checked is what was typed, and that comes with the form."""
    return to(request, f"/incidents/new/{draft_id}")


# An address of its own for the check: from there a link back to a part of the form is a way to another page.
@router.post("/{draft_id}/check")
@router.post("/{draft_id}")
async def write(request: Request, visit: Writer, draft_id: UUID) -> Response:
    """What is to be done is named by the button: `find-child`, `add-mark`, `remove:child:ID`, `save`, `check`."""
    form = visit.form
    concern_form.take_up(form)
    shown: dict[str, Any] = {"found": await _do(visit, form)}
    shown |= await _keep(visit, draft_id, form)
    if form.text("do") == "check" and not form.errors and "elsewhere" not in shown:
        return await check_page(request, visit, draft_id, form, version=shown["version"])
    return await form_page(request, visit, draft_id, form, only=_part(form), **shown)


@router.post("/{draft_id}/submit")
async def submit(request: Request, visit: Writer, draft_id: UUID) -> Response:
    """Recorded once, however often it comes: its key is the draft's id."""
    form = visit.form
    shown = written(form, today())
    body = concern_form.body_of(form, shown)
    if form.errors:
        return await form_page(request, visit, draft_id, form, version=_version(form))
    try:
        logged = await visit.api.post(
            "/incidents", {**body, "draft_id": str(draft_id)}, headers={"Idempotency-Key": f"draft-{draft_id}"}
        )
    except Refused as problem:
        if problem.code == "conflict":
            return await _another(request, visit, form)
        if problem.code != "invalid":
            raise
        form.take(problem, lambda path: concern_form.field_of(path, shown))
        return await form_page(request, visit, draft_id, form, version=_version(form))
    return to(request, kiosk.address(request, logged) if visit.kiosk else recording.address(request, visit, logged))


@router.post("/{draft_id}/discard")
async def discard(request: Request, visit: Writer, draft_id: UUID) -> Response:
    await visit.api.delete(f"/drafts/{draft_id}")
    return to(request, "/kiosk" if visit.kiosk else "/my")


async def _another(request: Request, visit: Visit, form: Form) -> Response:
    """From the same address another concern was recorded before: this one gets a form of its own."""
    draft_id = UUID(str(new_id()))
    concern_form.drop(form, "version")
    kept = await _keep(visit, draft_id, form)
    return await check_page(request, visit, draft_id, form, version=kept["version"], another=True)


# ------------------------------------------------------------------------------------------------------- what is done
async def _do(visit: Visit, form: Form) -> dict[str, list[tuple[str, str]]]:
    """Changes the form as the button says; returns what a search has found."""
    what = form.text("do", "find-child")
    found: dict[str, list[tuple[str, str]]] = {}
    if what.startswith("remove:"):
        _, kind, which = what.split(":", 2)
        concern_form.remove(form, kind, which)
    elif what == "add-mark":
        concern_form.add_mark(form)
    elif what == "add-action":
        form.fields.append((f"action.{concern_form.free_row(form, 'action')}.text", ""))
    # Whichever button is pressed: what was typed to be searched for is searched for.
    if starts := form.text("child_starts"):
        found["child"] = await _children(visit, form, starts)
    for name in ("person", "told"):
        if starts := form.text(f"{name}_starts"):
            found[name] = await _colleagues(visit, form, name, starts)
    return found


async def _children(visit: Visit, form: Form, starts: str) -> list[tuple[str, str]]:
    try:
        found = (await visit.api.get("/pupils", starts=starts[:60]))["pupils"]
    except Refused as problem:
        if problem.code not in {"invalid", "too-many"}:
            raise
        form.take(problem, lambda path: "child_starts")
        return []
    if not found:
        form.wrong("child_starts", FOUND_NOBODY)
    return [(one["id"], concern_form.label_of(one)) for one in found]


async def _colleagues(visit: Visit, form: Form, name: str, starts: str) -> list[tuple[str, str]]:
    found = (await visit.api.get("/staff", starts=starts[:60]))["staff"]
    if not found:
        form.wrong(f"{name}_starts", FOUND_NOBODY)
    return [(one["id"], one["name"]) for one in found]


async def _keep(visit: Visit, draft_id: UUID, form: Form) -> dict[str, Any]:
    """Saves the draft. What somebody saved over it in another window meanwhile is shown, and nothing is lost."""
    content = {"fields": concern_form.kept(form)}
    if not content["fields"]:
        return {"version": _version(form)}
    version = _version(form)
    try:
        draft = await visit.api.put(f"/drafts/{draft_id}", {"version": version, "content": content})
    except Refused as problem:
        if problem.code == "not-found":
            draft = await visit.api.put(f"/drafts/{draft_id}", {"version": 0, "content": content})
        elif problem.code == "conflict":
            other = await visit.api.get(f"/drafts/{draft_id}")
            return {"version": other["version"], "elsewhere": concern_form.of_draft(other["content"])}
        elif problem.code == "invalid":
            form.take(problem, lambda path: "narrative")
            return {"version": version}
        else:
            raise
    return {"version": draft["version"], "saved_at": draft["saved_at"]}


def _version(form: Form) -> int:
    given = form.text("version")
    return int(given) if given.isdecimal() and len(given) < 7 else 0


def _part(form: Form) -> int:
    what = form.text("do")
    wanted = what.removeprefix("part:") if what.startswith("part:") else form.text("part")
    return int(wanted) if wanted in set("12345678") else 0


# ------------------------------------------------------------------------------------------------------------- pages
async def form_page(request: Request, visit: Visit, draft_id: UUID, form: Form, **content: Any) -> Response:
    shown = written(form, today())
    choices, told = await asyncio.gather(_choices(visit), _told(visit, form, shown))
    about: dict[str, Any] = {"version": 0, "saved_at": None, "only": 0, "others": (), "found": {}, "elsewhere": None}
    if form.errors:
        # A part that is shown alone would hide what is to be put right.
        content["only"] = 0
    return page(
        request,
        "incident/new.html",
        form=form,
        draft_id=str(draft_id),
        shown=shown,
        parts=concern_form.PARTS,
        told=told,
        **choices,
        **(about | content),
    )


async def check_page(
    request: Request, visit: Visit, draft_id: UUID, form: Form, *, version: int, another: bool = False
) -> Response:
    shown = written(form, today())
    body = concern_form.body_of(form, shown)
    if form.errors:
        return await form_page(request, visit, draft_id, form, version=version)
    choices, told, findings = await asyncio.gather(
        _choices(visit), _told(visit, form, shown), _coached(visit, body["narrative"], shown)
    )
    return page(
        request,
        "incident/check.html",
        form=form,
        draft_id=str(draft_id),
        shown=shown,
        body=body,
        parts=concern_form.PARTS,
        told=told,
        findings=findings,
        another=another,
        numbered=[sent | {"number": mark["number"]} for sent, mark in zip(body["marks"], shown.marks, strict=True)],
        child_names={one.id: one.label for one in shown.children} if len(shown.children) > 1 else {},
        **choices,
    )


async def _choices(visit: Visit) -> dict[str, Any]:
    """What the school gives to choose from."""
    categories, agencies, places, groups = await asyncio.gather(
        visit.api.get("/categories"),
        visit.api.get("/lists/agencies"),
        visit.api.get("/lists/locations"),
        _groups(visit),
    )
    listed = categories["categories"]
    return {
        "kinds": concern_form.tree(listed),
        "kind_names": concern_form.full_names(listed),
        "asking_sanction": [one["id"] for one in listed if one["asks_sanction"]],
        "agencies": agencies["entries"],
        "places": [(one["id"], one["name"]) for one in places["entries"]],
        "groups": groups,
        "map": body_map,
        "places_of": PLACES_OF,
    }


async def _groups(visit: Visit) -> list[dict[str, Any]]:
    """None on a kiosk: who is in which group is not shown there."""
    return [] if visit.kiosk else list((await visit.api.get("/groups"))["groups"])


async def _told(visit: Visit, form: Form, shown: Written) -> list[dict[str, Any]] | None:
    """Who will be told as it stands, with the reason in words; None when that cannot be said just now."""
    outline = {
        "category_ids": list(shown.categories)[:20],
        "pupils": [
            {"pupil_id": one.id, "part": one.part, "category_ids": list(one.category_ids)} for one in shown.children
        ],
        "urgent": form.has("urgent"),
        "extra_staff_ids": [staff_id for staff_id, _ in shown.people],
        "extra_group_ids": form.all("group"),
    }
    try:
        found = await visit.api.post("/incidents/recipients", outline)
    except Refused:
        return None
    return [
        {
            "id": one["staff_id"],
            "name": found["names"].get(one["staff_id"], "A colleague"),
            "why": "; ".join(REASONS[why] for why in one["why"] if why in REASONS),
        }
        for one in found["told"]
    ]


async def _coached(visit: Visit, narrative: str, shown: Written) -> list[dict[str, Any]]:
    """What the writing coach says; nothing when it cannot be asked: it helps, and never stands in the way."""
    try:
        said = await visit.api.post("/coach", {"text": narrative, "pupil_ids": [one.id for one in shown.children]})
    except Refused:
        return []
    return list(said["findings"])
