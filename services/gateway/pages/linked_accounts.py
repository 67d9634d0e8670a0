"""Accounts elsewhere that somebody signs in with: the way there, from the sign-in and from Me, and unlinking one."""

from time import monotonic
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from services.gateway.csrf import same_site
from services.gateway.gate import gate_of
from services.gateway.pages import forms
from services.gateway.pages.api import Api, Refused
from services.gateway.pages.frame import page, to
from services.gateway.pages.problems import PageRoute
from services.gateway.pages.visit import Visit, visits
from shared.identity import public

router = APIRouter(include_in_schema=False, route_class=PageRoute)
Changer = Annotated[Visit, Depends(visits("sign-in:change"))]
KEPT_SECONDS: Final = 60.0
# What a provider's way back says of how it went: routes/linked_accounts.py.
CAME_BACK = {
    "refused": "That account opens nothing here. Sign in with your e-mail address and password; then link it under Me.",
    "unavailable": "That account could not be asked just now. Sign in with your e-mail address and password.",
}
LINKED = {
    "linked": "The account is linked. From now on it stands for your password.",
    "refused": "The account was not linked. It may be somebody else's here; or you came back another way.",
}


async def offered(request: Request) -> list[dict[str, Any]]:
    """By whose accounts people may sign in here; none when nobody can be asked. A minute old at most."""
    gate = gate_of(request)
    asked_at, known = gate.providers
    if monotonic() - asked_at < KEPT_SECONDS:
        return known
    try:
        found = list((await Api(request).get("/sign-in/providers"))["providers"])
    except Refused:
        return []
    gate.providers = monotonic(), found
    return found


@router.post("/sign-in/provider", dependencies=[Depends(public())])
async def leave_to_sign_in(request: Request) -> Response:
    same_site(request)
    form = request.state.form = await forms.read(request)
    api = Api(request)
    way = await api.post("/sign-in/provider", {"provider": form.text("provider")})
    answer = page(request, "own/leaving.html", address=way["address"])
    for cookie in api.set_cookies:
        answer.headers.append("set-cookie", cookie)
    return answer


@router.post("/me/accounts")
async def leave_to_link(request: Request, visit: Changer) -> Response:
    way = await visit.api.post("/me/accounts", {"provider": visit.form.text("provider")})
    return page(request, "own/leaving.html", address=way["address"])


@router.post("/me/accounts/{account_id}/unlink")
async def unlink(request: Request, visit: Changer, account_id: UUID) -> Response:
    await visit.api.delete(f"/me/accounts/{account_id}")
    return to(request, "/me#second-factor")
