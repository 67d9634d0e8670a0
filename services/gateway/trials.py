"""Trying the rules: an invented concern, filed as the incident service would file it, put to alerting."""

from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import Response
from fastapi.responses import JSONResponse

from services.gateway.calls import Caller, handed_on
from services.gateway.rule_warnings import warnings_of
from services.gateway.schemas.rules import Trial


async def try_rules(caller: Caller, trial: Trial) -> Response:
    """Who would be told, and which rules need looking at.

    What lies above a category, and how sensitive it is, the incident service knows.
    """
    answer = await caller.call("incident", "GET", "/categories")
    if answer.is_error:
        return handed_on(answer)
    known = {category["id"]: category for category in answer.json()["categories"]}
    body = trial.model_dump(mode="json", exclude_unset=True)
    filed = [*body["category_ids"], *(i for pupil in body.get("pupils", ()) for i in pupil.get("category_ids", ()))]
    body["parent_category_ids"] = _above(known, filed)
    for pupil in body.get("pupils", ()):
        pupil["parent_category_ids"] = _above(known, pupil.get("category_ids", ()))
    if body.get("sensitivity") is None:
        body["sensitivity"] = max((known[i]["sensitivity"] for i in filed if i in known), default=None)
    tried = await caller.call("alerting", "POST", "/rules/try", body=body)
    rules = await caller.call("alerting", "GET", "/rules")
    if tried.is_error or rules.is_error:
        return handed_on(tried if tried.is_error else rules)
    warnings, notices = await warnings_of(caller, rules.json()["rules"])
    return JSONResponse(tried.json() | {"warnings": warnings, "notices": notices})


def _above(known: Mapping[str, Mapping[str, Any]], category_ids: Iterable[str]) -> list[str]:
    parents = (known[i]["parent_id"] for i in category_ids if i in known)
    return list(dict.fromkeys(parent for parent in parents if parent))
