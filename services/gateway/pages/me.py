"""Me: where one is signed in, what one signs in with, being away, and when mails come."""

import asyncio
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from services.gateway.gate import gate_of
from services.gateway.names import names_of
from services.gateway.pages.acting import done_or_again
from services.gateway.pages.forms import Form
from services.gateway.pages.frame import page, to
from services.gateway.pages.linked_accounts import LINKED
from services.gateway.pages.problems import PageRoute
from services.gateway.pages.visit import SignedInVisit, Visit, visits
from services.gateway.pages.words import LONDON

router = APIRouter(prefix="/me", include_in_schema=False, route_class=PageRoute)
Away = Annotated[Visit, Depends(visits("absence:own"))]
Mailed = Annotated[Visit, Depends(visits("mails:own"))]
Changer = Annotated[Visit, Depends(visits("sign-in:change"))]

WEEK: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SCHOOL_DAYS: Final = ("0", "1", "2", "3", "4")
# Where the API takes it, and where it stands on the page.
OF_MAILS: Final = {
    "digest.at": "digest_at",
    "digest.days": "digest_days",
    "quiet.begins": "quiet_begins",
    "quiet.ends": "quiet_ends",
    "digest": "digest_at",
    "quiet": "quiet_begins",
}


@router.get("")
async def me(
    request: Request, visit: SignedInVisit, came: Annotated[str, Query(alias="with", max_length=20)] = ""
) -> Response:
    """`came`: how it went with an account elsewhere."""
    return await _me(request, visit, came=LINKED.get(came, ""))


@router.post("/sessions/{session_id}/end")
async def end_session(request: Request, visit: SignedInVisit, session_id: UUID) -> Response:
    await visit.api.delete(f"/me/sessions/{session_id}")
    return to(request, "/me#sessions")


@router.post("/sessions/end-others")
async def end_others(request: Request, visit: SignedInVisit) -> Response:
    await visit.api.post("/me/sessions/end-others")
    return to(request, "/me#sessions")


@router.post("/devices/{device_id}/forget")
async def forget_device(request: Request, visit: SignedInVisit, device_id: UUID) -> Response:
    await visit.api.delete(f"/me/devices/{device_id}")
    return to(request, "/me#sessions")


@router.post("/passkeys/{passkey_id}/remove")
async def remove_passkey(request: Request, visit: Changer, passkey_id: UUID) -> Response:
    await visit.api.delete(f"/me/passkeys/{passkey_id}")
    return to(request, "/me#second-factor")


@router.post("/absence")
async def be_away(request: Request, visit: Away) -> Response:
    """Who stands in is found by their name, as one of several if several begin like it."""
    form = visit.form
    deputy, choices = await _deputy(visit)
    if form.errors:
        return await _me(request, visit, choices=choices)
    until = form.text("until_on")
    body: dict[str, Any] = {"until_on": until or None, "deputy_id": deputy}
    if starts := form.text("from_on"):
        body["from_on"] = starts
    if not until:
        form.wrong("until_on", "Enter your last day away.")
        return await _me(request, visit, choices=choices)
    act = visit.api.put("/me/absence", body)
    again = {"deputy_id": "deputy"}
    return await done_or_again(
        request, visit, act, then="/me#away", again=lambda: _me(request, visit, choices=choices), fields=again
    )


@router.post("/absence/back")
async def be_back(request: Request, visit: Away) -> Response:
    await visit.api.delete("/me/absence")
    return to(request, "/me#away")


@router.post("/mails")
async def choose_mails(request: Request, visit: Mailed) -> Response:
    form = visit.form
    digest = {"at": form.text("digest_at"), "days": [int(day) for day in form.all("digest_days") if day.isdigit()]}
    quiet = {"begins": form.text("quiet_begins"), "ends": form.text("quiet_ends")}
    body = {
        "digest": digest if form.has("digest") else None,
        "quiet": quiet if form.has("quiet") else None,
    }
    act = visit.api.put("/me/mails", body, headers={"If-Match": form.text("version")} if form.text("version") else None)
    return await done_or_again(
        request, visit, act, then="/me#mails", again=lambda: _me(request, visit), fields=OF_MAILS
    )


async def _deputy(visit: Visit) -> tuple[str | None, list[dict[str, Any]]]:
    """Whom the name means, and who it may mean; what is wrong with it is put beside it."""
    form = visit.form
    chosen, typed = form.text("deputy_id"), form.text("deputy")
    if chosen or not typed:
        return chosen or None, []
    found = (await visit.api.get("/staff", starts=typed))["staff"]
    others = [one for one in found if one["id"] != visit.staff_id]
    if len(others) == 1:
        return others[0]["id"], []
    form.wrong(
        "deputy_id" if others else "deputy",
        "Several people are called that. Choose one." if others else "Nobody else here has a name that begins like it.",
    )
    return None, others


async def _me(
    request: Request, visit: Visit, *, choices: list[dict[str, Any]] | None = None, came: str = ""
) -> Response:
    api = visit.api
    # What a password alone does not show is not asked for.
    asked = ["/me/sessions", "/me/devices", "/second-factor", "/me/passkeys", "/me/accounts", "/sign-in/providers"]
    asked += ["/me/absence"] if visit.sure and visit.may("absence:own") else []
    asked += ["/me/mails"] if visit.sure and visit.may("mails:own") else []
    answers = dict(zip(asked, await asyncio.gather(*(api.get(path) for path in asked)), strict=True))
    absence = answers.get("/me/absence", {}).get("absence")
    mails = answers.get("/me/mails")
    return page(
        request,
        "own/me.html",
        schools=[(one["id"], one["name"]) for one in visit.known.schools],
        form=visit.form if visit.form.errors else _filled(mails),
        sessions=answers["/me/sessions"]["sessions"],
        devices=answers["/me/devices"]["devices"],
        factors=answers["/second-factor"],
        passkeys=answers["/me/passkeys"]["passkeys"],
        accounts=answers["/me/accounts"]["accounts"],
        providers=answers["/sign-in/providers"]["providers"],
        came=came,
        absence=absence,
        deputy=await _name(request, absence),
        choices=choices or [],
        may_be_away="/me/absence" in answers,
        mails=mails,
        days=[(str(number), name) for number, name in enumerate(WEEK)],
        today=datetime.now(LONDON).date().isoformat(),
    )


def _filled(mails: dict[str, Any] | None) -> Form:
    """The choice as it is; for who has made none yet, times that suit most."""
    digest = (mails or {}).get("digest") or {}
    quiet = (mails or {}).get("quiet") or {}
    return Form.of(
        {
            "version": f'"{mails["version"]}"' if mails else None,
            "digest": "yes" if digest else None,
            "digest_at": digest.get("at", "15:30")[:5],
            "digest_days": [str(day) for day in digest.get("days", SCHOOL_DAYS)],
            "quiet": "yes" if quiet else None,
            "quiet_begins": quiet.get("begins", "18:00")[:5],
            "quiet_ends": quiet.get("ends", "07:30")[:5],
        }
    )


async def _name(request: Request, absence: dict[str, Any] | None) -> str:
    if not absence or not absence["deputy_id"]:
        return ""
    found, _ = await names_of(gate_of(request), [absence["deputy_id"]])
    return found.get(absence["deputy_id"], "A colleague")
