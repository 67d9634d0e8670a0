"""Signing in with an account of a provider: the way there, the way back, and the accounts somebody has linked."""

from typing import Annotated, Final
from uuid import UUID

import httpx
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from services.gateway.asking import OwnSession, SignedIn, asks
from services.gateway.calls import Caller, handed_on
from services.gateway.cookies import PROVIDER
from services.gateway.gate import gate_of
from services.gateway.openapi import BASE
from services.gateway.routes.documented import gives, gives_nothing
from services.gateway.schemas import linked_accounts as schemas
from services.gateway.signing_in import keep, newcomer, not_on_a_kiosk
from shared.errors import Problem
from shared.identity import public

# Where a browser lands that comes back from a provider, by what is asked of it next.
NEXT: Final = {"second-factor": "/sign-in/code", "enrolment": "/second-factor", None: "/my"}
REFUSED: Final = "/sign-in?with=refused"
AWAY: Final = "/sign-in?with=unavailable"
LINKED: Final = "/me?with=linked"
NOT_LINKED: Final = "/me?with=refused"
# A provider is waited for a little longer than our own services are.
PATIENCE: Final = 8.0

router = APIRouter(prefix=BASE, tags=["Sign-in"])
way_back = APIRouter(include_in_schema=False, dependencies=[Depends(public())])
Changer = Annotated[Caller, Depends(asks("sign-in:change"))]
Brought = Annotated[str, Query(max_length=1000)]


@router.get(
    "/sign-in/providers",
    dependencies=[Depends(public())],
    openapi_extra={"x-public": True},
    responses=gives(schemas.Providers, "Those in the settings; often none."),
)
async def providers(request: Request) -> Response:
    """By whose accounts people may sign in here, once they have linked theirs."""
    return handed_on(await gate_of(request).auth("/sign-in/providers"))


@router.post(
    "/sign-in/provider",
    dependencies=[Depends(public())],
    openapi_extra={"x-public": True},
    responses=gives(schemas.WayThere, "Where to send the browser."),
)
async def leave_to_sign_in(request: Request, body: schemas.ProviderChosen) -> Response:
    """Begin to sign in with an account of a provider. It stands for the password; the second factor is asked all the
    same. An account that nobody has linked opens nothing."""
    gate = gate_of(request)
    gate.may_try_a_link(request)
    await not_on_a_kiosk(request)
    return _leave(request, await gate.auth("/sign-in/provider", body.model_dump(), patience=PATIENCE, own_words=True))


@way_back.get("/sign-in/return")
async def come_back(
    request: Request, state: Brought = "", code: Brought | None = None, iss: Brought | None = None
) -> Response:
    """Where a provider sends the browser. What it brings is good once, and only in the browser that left."""
    gate = gate_of(request)
    gate.may_come_back(request)
    brought = {
        "attempt": gate.cookies.attempt_of(request, PROVIDER) or "none",
        "state": state or "none",
        "code": code or None,
        "iss": iss or None,
        "session": gate.cookies.session_of(request),
        "device": gate.cookies.device_of(request),
        **newcomer(request),
    }
    try:
        answer = await gate.auth("/sign-in/provider/return", brought, patience=PATIENCE, own_words=True)
        response = _welcome(request, answer)
    except Problem:
        response = _to(AWAY)
    gate.cookies.end_attempt(response, PROVIDER)
    return response


@router.get("/me/accounts", responses=gives(schemas.LinkedAccounts, "Your accounts elsewhere, the oldest first."))
async def linked_accounts(caller: SignedIn) -> Response:
    """The accounts with a provider by which you sign in."""
    return await caller.forward("auth", "GET", "/linked-accounts")


@router.post("/me/accounts", responses=gives(schemas.WayThere, "Where to send the browser."))
async def leave_to_link(
    request: Request, caller: Changer, session: OwnSession, body: schemas.ProviderChosen
) -> Response:
    """Begin to link an account with a provider. It is yours once the browser is back, and you are told by mail."""
    return _leave(request, await caller.call("auth", "POST", "/linked-accounts", body=body, patience=PATIENCE))


@router.delete("/me/accounts/{account_id}", status_code=204, responses=gives_nothing("It opens nothing any more."))
async def unlink(caller: Changer, session: OwnSession, account_id: UUID) -> Response:
    """Unlink an account. You are told by mail."""
    return await caller.forward("auth", "DELETE", f"/linked-accounts/{account_id}")


def _leave(request: Request, answer: httpx.Response) -> Response:
    if answer.is_error:
        return handed_on(answer)
    begun = answer.json()
    response = JSONResponse({"address": begun["address"]})
    gate_of(request).cookies.attempt(response, begun["attempt"], PROVIDER)
    return response


def _welcome(request: Request, answer: httpx.Response) -> Response:
    if answer.is_error:
        return _to({422: NOT_LINKED, 503: AWAY}.get(answer.status_code, REFUSED))
    given = answer.json()
    if given["linked"]:
        return _to(LINKED)
    response = _to(NEXT[given["signed_in"]["needs"]])
    keep(request, response, session=given["signed_in"]["session"], browser=given["signed_in"]["browser"])
    return response


def _to(path: str) -> Response:
    return RedirectResponse(path, status_code=303)
