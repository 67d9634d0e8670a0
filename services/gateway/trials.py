"""Trying the rules: an invented concern, filed as the incident service would file it, put to alerting."""

from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import Response

from services.gateway.calls import Caller, handed_on
from services.gateway.schemas.rules import Trial


async def try_rules(caller: Caller, trial: Trial) -> Response:
    """Who would be told. What lies above a category, and how sensitive it is, the incident service knows."""
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
    return await caller.forward("alerting", "POST", "/rules/try", body=body)


def _above(known: Mapping[str, Mapping[str, Any]], category_ids: Iterable[str]) -> list[str]:
    parents = (known[i]["parent_id"] for i in category_ids if i in known)
    return list(dict.fromkeys(parent for parent in parents if parent))
