"""Alert rules: when what, tell whom. And trying them with an invented concern before a real one does."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from services.gateway.pages.acting import done_or_again
from services.gateway.pages.api import Refused
from services.gateway.pages.forms import Form
from services.gateway.pages.frame import page
from services.gateway.pages.problems import PageRoute
from services.gateway.pages.settings.colleagues import colleagues
from services.gateway.pages.visit import Visit, visits
from services.gateway.pages.words import PARTS, ROLES, WHY
from shared.errors import NotFound

router = APIRouter(prefix="/settings/rules", include_in_schema=False, route_class=PageRoute)
Writer = Annotated[Visit, Depends(visits("rules:write"))]
HERE = "/settings/rules"
NEW = "new"
SENSITIVITY = {"1": "Ordinary", "2": "Sensitive", "3": "Child protection"}


@router.get("")
async def rules_page(request: Request, visit: Writer) -> Response:
    return await _shown(request, visit)


@router.post("/try")
async def try_rules(request: Request, visit: Writer) -> Response:
    """Nothing is logged and nobody is told."""
    form = visit.form
    pupil = {"part": form.text("part") or "subject"}
    pupil |= {name: form.text(name) for name in ("year_group", "class_code") if form.text(name)}
    body = {"category_ids": form.all("category_id"), "pupils": [pupil], "urgent": form.has("urgent")}
    try:
        tried = await visit.api.post("/alert-rules/try", body)
    except Refused as problem:
        if not problem.errors:
            raise
        form.take(problem, {"category_ids": "category_id"})
        tried = None
    return await _shown(request, visit, form=form, tried=tried)


@router.get("/{rule_id}")
async def rule_page(request: Request, visit: Writer, rule_id: str) -> Response:
    return await _one(request, visit, rule_id)


@router.post("/{rule_id}")
async def save(request: Request, visit: Writer, rule_id: str) -> Response:
    form = visit.form
    there = await visit.api.get("/alert-rules")
    made = _as_rule(form) | ({} if rule_id == NEW else {"id": rule_id})
    rules = [made if rule["id"] == rule_id else rule for rule in there["rules"]]
    position = next((number for number, rule in enumerate(rules) if rule is made), len(rules))
    return await done_or_again(
        request,
        visit,
        _write(visit, rules if rule_id != NEW else [*rules, made]),
        then=HERE,
        again=lambda: _one(request, visit, rule_id, form=form),
        fields=lambda path: path.removeprefix(f"rules.{position}.").partition(".")[0],
    )


@router.post("/{rule_id}/remove")
async def remove(request: Request, visit: Writer, rule_id: UUID) -> Response:
    there = await visit.api.get("/alert-rules")
    left = [rule for rule in there["rules"] if rule["id"] != str(rule_id)]
    return await done_or_again(
        request, visit, _write(visit, left), then=HERE, again=lambda: _shown(request, visit, form=visit.form)
    )


async def _write(visit: Visit, rules: list[dict[str, Any]]) -> None:
    """Only over the version that the page showed: what somebody else has changed meanwhile is not lost."""
    fields = (*_as_rule(Form()), "id")
    sent = [{name: value for name, value in rule.items() if name in fields} for rule in rules]
    await visit.api.put("/alert-rules", {"rules": sent}, headers={"If-Match": f'"{visit.form.text("version")}"'})


def _as_rule(form: Form) -> dict[str, Any]:
    level = form.text("at_least")
    return {
        "name": form.text("name"),
        "category_ids": form.all("category_ids"),
        "at_least": int(level) if level in SENSITIVITY else None,
        "up_to": int(form.text("up_to")) if form.text("up_to") in SENSITIVITY else None,
        "year_groups": [one for one in form.text("year_groups").replace(",", " ").split() if one],
        "parts": form.all("parts"),
        "roles": form.all("roles"),
        "group_ids": form.all("group_ids"),
        "staff_ids": form.all("staff_ids"),
        "class_teachers": form.has("class_teachers"),
    }


def _as_form(rule: dict[str, Any]) -> Form:
    return Form.of(
        {
            "name": rule["name"],
            "category_ids": rule["category_ids"],
            "at_least": str(rule["at_least"] or ""),
            "up_to": str(rule["up_to"] or ""),
            "year_groups": ", ".join(rule["year_groups"]),
            "parts": rule["parts"],
            "roles": rule["roles"],
            "group_ids": rule["group_ids"],
            "staff_ids": rule["staff_ids"],
            "class_teachers": "yes" if rule["class_teachers"] else None,
        }
    )


async def _shown(
    request: Request, visit: Visit, *, form: Form | None = None, tried: dict[str, Any] | None = None
) -> Response:
    known = await _known(visit)
    return page(
        request,
        "settings/rules.html",
        form=form,
        tried=tried,
        parts=PARTS,
        why=WHY,
        roles=ROLES,
        levels=SENSITIVITY,
        **known,
    )


async def _one(request: Request, visit: Visit, rule_id: str, *, form: Form | None = None) -> Response:
    known = await _known(visit)
    rule = next((one for one in known["rules"]["rules"] if one["id"] == rule_id), None)
    if rule is None and rule_id != NEW:
        raise NotFound()
    if form is None:
        form = _as_form(rule) if rule else Form()
    return page(
        request,
        "settings/rule.html",
        form=form,
        rule_id=rule_id,
        rule=rule,
        parts=PARTS,
        roles=ROLES,
        levels=SENSITIVITY,
        **known,
    )


async def _known(visit: Visit) -> dict[str, Any]:
    rules, categories, groups, staff = await asyncio.gather(
        visit.api.get("/alert-rules"),
        visit.api.get("/categories"),
        visit.api.get("/groups"),
        colleagues(visit),
    )
    names = {one["id"]: one["name"] for one in [*categories["categories"], *groups["groups"], *staff]}
    return {
        "rules": rules,
        "categories": categories["categories"],
        "groups": groups["groups"],
        "staff": staff,
        "names": names,
    }
