"""Answers made of what several services know. What one of them cannot say is left out, and said to be missing."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

import httpx
from fastapi import Request, Response
from fastapi.responses import JSONResponse

from services.gateway.calls import Caller, handed_on
from services.gateway.gate import gate_of
from services.gateway.names import names_of
from services.gateway.outage import NO_INCIDENT, NO_SUMMARIES
from shared.errors import Unavailable

VOUCHER = "X-Heed-Voucher"
STAFF_FIELDS = frozenset({"author_id", "staff_id", "by_id"})


async def alerts(request: Request, caller: Caller, params: Mapping[str, Any]) -> Response:
    listed = await caller.call("alerting", "GET", "/alerts", params=params)
    if listed.is_error:
        return handed_on(listed)
    page = listed.json()
    summaries, notices = await _summaries(caller, page["alerts"])
    for alert in page["alerts"]:
        alert.pop("voucher", None)
        alert["concern"] = summaries.get(alert["incident_id"])
    names, unnamed = await names_of(gate_of(request), _staff_in(page))
    return JSONResponse(page | {"names": names, "notices": notices + unnamed})


async def alert(request: Request, caller: Caller, alert_id: UUID) -> Response:
    """The alert and its concern, as one.

    Alerting's voucher goes with the question, so that the concern can be read before the incident service has heard
    of the alert.
    """
    told = await caller.call("alerting", "GET", f"/alerts/{alert_id}")
    if told.is_error:
        return handed_on(told)
    opened = told.json()
    headers = {VOUCHER: opened.pop("voucher")} if opened.get("voucher") else {}
    path = f"/incidents/{opened['incident_id']}"
    try:
        answer = await caller.call("incident", "GET", path, headers=headers, lost=NO_INCIDENT)
    except Unavailable:
        return JSONResponse({"alert": opened, "concern": None, "names": {}, "notices": [NO_INCIDENT]})
    if answer.status_code >= 500:
        return JSONResponse({"alert": opened, "concern": None, "names": {}, "notices": [NO_INCIDENT]})
    if answer.is_error:
        return handed_on(answer)
    return await _named(request, {"alert": opened, "concern": answer.json()}, answer)


async def concern(request: Request, caller: Caller, incident_id: UUID) -> Response:
    answer = await caller.call("incident", "GET", f"/incidents/{incident_id}")
    if answer.status_code != 200:
        return handed_on(answer)
    return await _named(request, answer.json(), answer)


async def _named(request: Request, content: dict[str, Any], answer: httpx.Response) -> Response:
    names, notices = await names_of(gate_of(request), _staff_in(content))
    etag = {"ETag": answer.headers["etag"]} if "etag" in answer.headers else {}
    return JSONResponse(content | {"names": names, "notices": notices}, headers=etag)


async def _summaries(caller: Caller, listed: Iterable[Mapping[str, Any]]) -> tuple[dict[str, Any], list[str]]:
    wanted = sorted({alert["incident_id"] for alert in listed})
    if not wanted:
        return {}, []
    try:
        answer = await caller.call("incident", "POST", "/incidents/summaries", body={"ids": wanted})
    except Unavailable:
        return {}, [NO_SUMMARIES]
    if answer.is_error:
        return {}, [NO_SUMMARIES]
    return {summary["id"]: summary for summary in answer.json()["summaries"]}, []


def _staff_in(content: Any) -> Iterator[str]:
    """The ids of the members of staff who are mentioned anywhere in an answer."""
    if isinstance(content, dict):
        for name, value in content.items():
            if name in STAFF_FIELDS and isinstance(value, str):
                yield value
            else:
                yield from _staff_in(value)
    elif isinstance(content, list):
        for value in content:
            yield from _staff_in(value)
