"""The categories of a school: a tree of two levels that grows, and never rewrites what was logged."""

from collections.abc import Iterable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from services.gateway.pages.acting import done_or_again
from services.gateway.pages.forms import Form
from services.gateway.pages.frame import page
from services.gateway.pages.problems import PageRoute
from services.gateway.pages.visit import Visit, in_words, visits
from shared.contracts.words import Sensitivity
from shared.policy import READING, Grant, Reach

router = APIRouter(prefix="/settings/categories", include_in_schema=False, route_class=PageRoute)
Writer = Annotated[Visit, Depends(visits("category:write"))]
HERE = "/settings/categories"

LEVELS = {"1": "Ordinary", "2": "Sensitive", "3": "Child protection"}
SERVICE_LEVELS = {"": "On the same day", "60": "Within an hour", "15": "Within 15 minutes", "1440": "Within a day"}


@router.get("")
async def categories_page(request: Request, visit: Writer) -> Response:
    return await _shown(request, visit)


@router.post("")
async def add(request: Request, visit: Writer) -> Response:
    form = visit.form
    body: dict[str, Any] = {"name": form.text("name"), "parent_id": form.text("parent_id") or None}
    if form.text("sensitivity"):
        body["sensitivity"] = int(form.text("sensitivity"))
    return await done_or_again(
        request, visit, visit.api.post("/categories", body), then=HERE, again=lambda: _shown(request, visit, form=form)
    )


@router.post("/standard")
async def begin_with_the_standard(request: Request, visit: Writer) -> Response:
    return await done_or_again(
        request, visit, visit.api.post("/categories/standard"), then=HERE, again=lambda: _shown(request, visit)
    )


@router.get("/{category_id}")
async def category_page(request: Request, visit: Writer, category_id: UUID) -> Response:
    return await _one(request, visit, category_id)


@router.post("/{category_id}")
async def change(request: Request, visit: Writer, category_id: UUID) -> Response:
    form = visit.form
    minutes = form.text("log_within_minutes")
    body = {
        "name": form.text("name"),
        "sensitivity": int(form.text("sensitivity") or 1),
        "log_within_minutes": int(minutes) if minutes.isdecimal() else None,
        "asks_sanction": form.has("asks_sanction"),
        "must_follow_up": form.has("must_follow_up"),
    }
    return await done_or_again(
        request,
        visit,
        visit.api.patch(f"/categories/{category_id}", body),
        then=HERE,
        again=lambda: _one(request, visit, category_id, form=form),
    )


@router.post("/{category_id}/retire")
async def retire(request: Request, visit: Writer, category_id: UUID) -> Response:
    return await done_or_again(
        request,
        visit,
        visit.api.post(f"/categories/{category_id}/retire"),
        then=HERE,
        again=lambda: _one(request, visit, category_id, form=visit.form),
    )


@router.post("/{category_id}/merge")
async def merge(request: Request, visit: Writer, category_id: UUID) -> Response:
    return await done_or_again(
        request,
        visit,
        visit.api.post(f"/categories/{category_id}/merge", {"into": visit.form.text("into")}),
        then=HERE,
        again=lambda: _one(request, visit, category_id, form=visit.form),
    )


def who_sees(level: Sensitivity) -> str:
    """Who reads a concern of this sensitivity without having been told of it, in words."""
    school = [role for role, grants in READING.items() if _reads(grants, Reach.SCHOOL, level)]
    classes = [role for role, grants in READING.items() if _reads(grants, Reach.CLASS, level)]
    said = in_words([role.value for role in school])
    return said + (f"; {in_words([role.value for role in classes])} for the children of their class" if classes else "")


def _reads(grants: Iterable[Grant], reach: Reach, level: Sensitivity) -> bool:
    return any(grant.reach is reach and grant.up_to >= level for grant in grants)


async def _shown(request: Request, visit: Visit, *, form: Form | None = None) -> Response:
    tree, retired = as_tree((await visit.api.get("/categories/all"))["categories"])
    return page(request, "settings/categories.html", form=form, tree=tree, retired=retired, levels=LEVELS)


async def _one(request: Request, visit: Visit, category_id: UUID, *, form: Form | None = None) -> Response:
    known = (await visit.api.get("/categories/all"))["categories"]
    found = next((one for one in known if one["id"] == str(category_id)), None)
    if found is None:
        return await _shown(request, visit)
    service_level = str(found["log_within_minutes"] or "")
    return page(
        request,
        "settings/category.html",
        form=form,
        category=found,
        others=[one for one in known if one["id"] != found["id"] and not one["retired_at"]],
        levels=LEVELS,
        service_levels={**SERVICE_LEVELS, service_level: SERVICE_LEVELS.get(service_level, f"{service_level} minutes")},
        seen_by={level: who_sees(Sensitivity(int(level))) for level in LEVELS},
    )


def as_tree(categories: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Those in use with what lies beneath them, in the school's order; and those that are retired."""
    in_use = [one for one in categories if not one["retired_at"]]
    below = {one["id"]: [sub for sub in in_use if sub["parent_id"] == one["id"]] for one in in_use}
    tree = [one | {"below": below[one["id"]]} for one in in_use if not one["parent_id"]]
    return tree, [one for one in categories if one["retired_at"]]
