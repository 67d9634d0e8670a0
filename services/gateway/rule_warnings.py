"""Which alert rules point at a category that nothing is filed under any more, as the incident service knows."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import httpx
from fastapi import Response
from fastapi.responses import JSONResponse

from services.gateway.calls import Caller, handed_on
from services.gateway.outage import NO_WARNINGS
from shared.errors import Unavailable


async def rules_with_warnings(caller: Caller, answer: httpx.Response) -> Response:
    """The rules as alerting gives them, with what is to be looked at in them."""
    if answer.is_error:
        return handed_on(answer)
    page = answer.json()
    warnings, notices = await warnings_of(caller, page["rules"])
    headers = {"ETag": answer.headers["etag"]}
    return JSONResponse(page | {"warnings": warnings, "notices": notices}, headers=headers)


async def warnings_of(caller: Caller, rules: Sequence[Mapping[str, Any]]) -> tuple[list[dict[str, Any]], list[str]]:
    """Without the incident service none, and that is said."""
    if not any(rule["category_ids"] for rule in rules):
        return [], []
    try:
        answer = await caller.call("incident", "GET", "/categories/all")
    except Unavailable:
        return [], [NO_WARNINGS]
    if answer.is_error:
        return [], [NO_WARNINGS]
    known = {category["id"]: category for category in answer.json()["categories"]}
    return list(_warnings(rules, known)), []


def _warnings(rules: Sequence[Mapping[str, Any]], known: Mapping[str, Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for rule in rules:
        for category_id in rule["category_ids"]:
            category = known.get(category_id)
            if category is not None and category["retired_at"] is None:
                continue
            into = category["merged_into"] if category else None
            yield {
                "rule_id": rule["id"],
                "rule": rule["name"],
                "category_id": category_id,
                "category": category["name"] if category else None,
                "problem": "merged" if into else "retired" if category else "unknown",
                "merged_into": into,
            }
