"""Answers made of what several services know. What one of them cannot say is left out, and said to be missing."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import httpx
from fastapi import Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from services.gateway.calls import Caller, handed_on
from services.gateway.gate import gate_of
from services.gateway.names import names_of
from services.gateway.outage import NO_INCIDENT, NO_READING, NO_SHIELDED, NO_SUMMARIES
from shared.errors import Unavailable

VOUCHER = "X-Heed-Voucher"
LINE = ("lead_dsl", "stand_in", "head", "deputy", "rule", "class_teacher", "chosen_group", "chosen_person")
STAFF_FIELDS = frozenset(
    {
        *("author_id", "staff_id", "asked_by_id", "by_id", "owner_id", "told_in_person_id"),
        *("deputy_id", "given_by_id", "done_by_id", "ended_by_id", "reviewed_by_id", "made_by_id"),
        "first_told_id",
    }
)


async def alerts(request: Request, caller: Caller, params: Mapping[str, Any]) -> Response:
    listed = await caller.call("alerting", "GET", "/alerts", params=params)
    if listed.is_error:
        return handed_on(listed)
    page = listed.json()
    notices = await _say_what_of(caller, page["alerts"])
    return await _named(request, page, notices=notices)


async def desk(request: Request, caller: Caller, params: Mapping[str, Any]) -> Response:
    """Both lists and the figures, with what each alert is about asked for once."""
    found = await caller.call("alerting", "GET", "/alerts/desk", params=params)
    if found.is_error:
        return handed_on(found)
    lists = found.json()
    notices = await _say_what_of(caller, [*lists["unread"]["alerts"], *lists["read"]["alerts"]])
    return await _named(request, lists, notices=notices)


async def next_alert(request: Request, caller: Caller, after: UUID | None) -> Response:
    params = {"after": str(after) if after else None}
    found = await caller.call("alerting", "GET", "/alerts/next", params=params)
    if found.is_error:
        return handed_on(found)
    following = found.json()
    notices = await _say_what_of(caller, [following["alert"]] if following["alert"] else [])
    return await _named(request, following, notices=notices)


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
        answer = await caller.call("incident", "GET", path, headers=headers)
    except Unavailable:
        answer = None
    if answer is None or answer.status_code >= 500:
        return await _named(request, {"alert": opened, "concern": None}, notices=[NO_INCIDENT])
    if answer.is_error:
        return handed_on(answer)
    return await _named(request, {"alert": opened, "concern": answer.json()}, of=answer)


async def who_was_alerted(request: Request, caller: Caller, incident_id: UUID) -> Response:
    answer = await caller.call("alerting", "GET", f"/incidents/{incident_id}/alerts")
    if answer.is_error:
        return handed_on(answer)
    return await _named(request, answer.json())


async def concern(request: Request, caller: Caller, incident_id: UUID) -> Response:
    return await from_incident(request, caller, f"/incidents/{incident_id}")


async def from_incident(
    request: Request, caller: Caller, path: str, params: Mapping[str, Any] | None = None
) -> Response:
    """What the incident service says there, with the names of the colleagues who are mentioned in it."""
    answer = await caller.call("incident", "GET", path, params=params)
    if answer.status_code != 200:
        return handed_on(answer)
    return await _named(request, answer.json(), of=answer)


async def with_names(request: Request, answer: httpx.Response) -> Response:
    """A service's answer with the names of the members of staff in it; its refusal as it is."""
    if answer.is_error:
        return handed_on(answer)
    return await _named(request, answer.json(), of=answer)


async def own_concerns(caller: Caller, params: Mapping[str, Any]) -> Response:
    """What somebody logged; of each when it was read, and how much was added for them. Nothing else (R28, R57)."""
    answer = await caller.call("incident", "GET", "/incidents", params=params)
    if answer.is_error:
        return handed_on(answer)
    page = answer.json()
    followed, notices = await _followed(caller, [line["id"] for line in page["incidents"]])
    for line in page["incidents"]:
        # Alerting may not have heard of it yet: then nobody can have read it.
        known = followed.get(line["id"], {})
        line |= {name: known.get(name) for name in ("first_read_at", "escalates_at")}
        line |= {name: known.get(name, 0) for name in ("added", "unseen")}
    return JSONResponse(page | {"notices": notices})


async def _followed(caller: Caller, incident_ids: Sequence[str]) -> tuple[dict[str, Any], list[str]]:
    if not incident_ids:
        return {}, []
    try:
        answer = await caller.call("alerting", "POST", "/told", body={"incident_ids": incident_ids})
    except Unavailable:
        return {}, [NO_READING]
    if answer.is_error:
        return {}, [NO_READING]
    return {one["incident_id"]: one for one in answer.json()["incidents"]}, []


async def recipients(request: Request, caller: Caller, outline: BaseModel) -> Response:
    """Who will be told of what is being written: the incident service knows what it says, alerting whom that concerns.

    In the order of the line: whoever answers for it first.
    """
    given = outline.model_dump(mode="json")
    chosen = {name: given.pop(name) for name in ("urgent", "extra_staff_ids", "extra_group_ids")}
    said = await caller.call("incident", "POST", "/incidents/outline", body=given)
    if said.is_error:
        return handed_on(said)
    found = await caller.call("alerting", "POST", "/recipients", body={**said.json(), **chosen})
    if found.is_error:
        return handed_on(found)
    told = sorted(found.json()["told"], key=lambda one: min(map(_in_line, one["why"]), default=len(LINE)))
    return await _named(request, {"told": told})


def _in_line(why: str) -> int:
    return LINE.index(why) if why in LINE else len(LINE)


async def duties(request: Request, caller: Caller, path: str, params: Mapping[str, Any]) -> Response:
    """What is owed, each with the concern it is about in a line, as far as whoever asks may read that."""
    listed = await caller.call("alerting", "GET", path, params=params)
    if listed.is_error:
        return handed_on(listed)
    page = listed.json()
    notices = await _say_what_of(caller, page["duties"])
    return await _named(request, page, notices=notices)


async def duty_done(caller: Caller, duty_id: UUID, body: BaseModel) -> Response:
    """Alerting knows whose it is, and who stands in; the incident service writes down what came of it."""
    found = await caller.call("alerting", "GET", f"/duties/{duty_id}")
    if found.is_error:
        return handed_on(found)
    duty = found.json()
    headers = {VOUCHER: duty["voucher"]} if duty["voucher"] else {}
    path = f"/incidents/{duty['incident_id']}/actions/{duty_id}/done"
    return await caller.forward("incident", "POST", path, body=body, headers=headers)


async def shields(request: Request, caller: Caller) -> Response:
    """Who is shielded, by auth; from which child or concern, as far as the incident service names it to them."""
    listed = await caller.call("auth", "GET", "/shields")
    if listed.is_error:
        return handed_on(listed)
    page = listed.json()
    named, notices = await _shielded_from(caller, page["shields"])
    for shield in page["shields"]:
        shield["pupil"] = named.get("pupils", {}).get(shield["pupil_id"])
        shield["number"] = named.get("numbers", {}).get(shield["incident_id"])
    return await _named(request, page, notices=notices)


async def _shielded_from(caller: Caller, listed: Sequence[dict[str, Any]]) -> tuple[dict[str, Any], list[str]]:
    if not listed:
        return {}, []
    wanted = {f"{kind}_ids": sorted({one[f"{kind}_id"] for one in listed} - {None}) for kind in ("pupil", "incident")}
    try:
        answer = await caller.call("incident", "POST", "/shielding/named", body=wanted)
    except Unavailable:
        return {}, [NO_SHIELDED]
    return ({}, [NO_SHIELDED]) if answer.is_error else (answer.json(), [])


async def _named(
    request: Request, content: dict[str, Any], *, of: httpx.Response | None = None, notices: Sequence[str] = ()
) -> Response:
    names, unnamed = await names_of(gate_of(request), _staff_in(content))
    etag = {"ETag": of.headers["etag"]} if of is not None and "etag" in of.headers else {}
    return JSONResponse(content | {"names": names, "notices": [*notices, *unnamed]}, headers=etag)


async def _say_what_of(caller: Caller, listed: Sequence[dict[str, Any]]) -> list[str]:
    """Put beside each alert the concern it is about, in a line; what to say when that cannot be had.

    The vouchers go along: also in a list nobody finds an alert without its concern in the first instant.
    """
    vouchers = [voucher for alert in listed if (voucher := alert.pop("voucher", None))]
    summaries, notices = await _summaries(caller, {alert["incident_id"] for alert in listed}, vouchers)
    for alert in listed:
        alert["concern"] = summaries.get(alert["incident_id"])
    return notices


async def _summaries(
    caller: Caller, wanted: Collection[str], vouchers: Sequence[str]
) -> tuple[dict[str, Any], list[str]]:
    if not wanted:
        return {}, []
    body = {"ids": sorted(wanted), "vouchers": vouchers}
    try:
        answer = await caller.call("incident", "POST", "/incidents/summaries", body=body)
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
