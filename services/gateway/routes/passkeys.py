"""Passkeys: one's own, and given in place of a code or for the whole sign-in."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from services.gateway.asking import OwnSession, SignedIn, asks
from services.gateway.calls import Caller, handed_on
from services.gateway.cookies import PASSKEY
from services.gateway.gate import gate_of
from services.gateway.openapi import BASE
from services.gateway.routes.documented import gives, gives_nothing
from services.gateway.schemas import passkeys as schemas
from services.gateway.schemas import sessions as signing_in
from services.gateway.sessions import Credential
from services.gateway.signing_in import begin, newcomer, not_on_a_kiosk
from shared.identity import public

router = APIRouter(prefix=BASE, tags=["Sign-in"])
Changer = Annotated[Caller, Depends(asks("sign-in:change"))]
OPTIONS = "For `navigator.credentials.get`, by `PublicKeyCredential.parseRequestOptionsFromJSON`."


@router.get("/second-factor", responses=gives(schemas.SecondFactors, "What you have for a second factor."))
async def second_factors(caller: SignedIn) -> Response:
    """What you can give for a second factor: codes of an app, passkeys, printed recovery codes."""
    return await caller.forward("auth", "GET", "/second-factor")


@router.get("/me/passkeys", responses=gives(schemas.Passkeys, "Your passkeys, the oldest first."))
async def passkeys(caller: SignedIn) -> Response:
    """Your passkeys, by the names you gave them, and when each was last used."""
    return await caller.forward("auth", "GET", "/passkeys")


@router.post(
    "/me/passkeys/options",
    responses=gives(
        schemas.CreationOptions,
        "For `navigator.credentials.create`, by `PublicKeyCredential.parseCreationOptionsFromJSON`.",
    ),
)
async def offer_passkey(caller: SignedIn, session: OwnSession) -> Response:
    """Begin to add a passkey. Who has a second factor already needs elevated access."""
    return await caller.forward("auth", "POST", "/passkeys/options")


@router.post("/me/passkeys", status_code=201, responses=gives(schemas.Passkey, "Added; it counts at once.", status=201))
async def add_passkey(caller: SignedIn, session: OwnSession, request: Request, body: schemas.NewPasskey) -> Response:
    """Add the passkey that the browser has made. You are told by mail."""
    gate = gate_of(request)
    gate.may_try_a_code(request, session)
    answer = await caller.forward("auth", "POST", "/passkeys", body=body)
    gate.sessions.forget(session)
    return answer


@router.delete("/me/passkeys/{passkey_id}", status_code=204, responses=gives_nothing("It opens nothing any more."))
async def remove_passkey(caller: Changer, session: OwnSession, passkey_id: UUID) -> Response:
    """Remove a passkey of yours; the last second factor you have stays. You are told by mail."""
    return await caller.forward("auth", "DELETE", f"/passkeys/{passkey_id}")


@router.post("/sign-in/code/passkey/options", responses=gives(schemas.RequestOptions, OPTIONS))
async def ask_second_factor(request: Request, session: OwnSession) -> Response:
    """What a passkey of yours is to sign, in place of a code at sign-in."""
    return handed_on(await gate_of(request).auth("/sessions/second-factor/passkey/options", {"session": session.value}))


@router.post("/sign-in/code/passkey", status_code=204, responses=gives_nothing("The second factor is accepted."))
async def give_second_factor(request: Request, session: OwnSession, body: schemas.PasskeyForSignIn) -> Response:
    """Give a passkey in place of a code, and say whether this browser is to be spared it for 30 days."""
    gate = gate_of(request)
    answer = await _give(request, session, "/sessions/second-factor/passkey", **_said(body))
    if answer.is_error:
        return handed_on(answer)
    response = Response(status_code=204)
    if device := answer.json()["device"]:
        gate.cookies.remember(response, device)
    return response


@router.post("/elevate/passkey/options", responses=gives(schemas.RequestOptions, OPTIONS))
async def ask_elevation(request: Request, session: OwnSession) -> Response:
    """What a passkey of yours is to sign for elevated access."""
    return handed_on(await gate_of(request).auth("/sessions/elevate/passkey/options", {"session": session.value}))


@router.post("/elevate/passkey", status_code=204, responses=gives_nothing("Elevated access has begun."))
async def elevate(request: Request, session: OwnSession, body: schemas.PasskeyGiven) -> Response:
    """Ask for elevated access with a passkey. It ends after 10 idle minutes and after 60 in any case."""
    return handed_on(await _give(request, session, "/sessions/elevate/passkey", **_said(body)))


@router.post(
    "/sign-in/passkey/options",
    dependencies=[Depends(public())],
    openapi_extra={"x-public": True},
    responses=gives(schemas.RequestOptions, OPTIONS),
)
async def ask_to_sign_in(request: Request) -> Response:
    """Begin to sign in with a passkey alone. The browser finds one for this address; nobody is asked who they are."""
    gate = gate_of(request)
    gate.may_try_a_link(request)
    answer = await gate.auth("/sign-in/passkey/options", {})
    if answer.is_error:
        return handed_on(answer)
    begun = answer.json()
    response = JSONResponse(begun["options"])
    gate.cookies.attempt(response, begun["attempt"], PASSKEY)
    return response


@router.post(
    "/sign-in/passkey",
    dependencies=[Depends(public())],
    openapi_extra={"x-public": True},
    responses=gives(signing_in.SignedIn, "You are signed in with a second factor; the cookies are set."),
)
async def sign_in(request: Request, body: schemas.PasskeyGiven) -> Response:
    """Sign in with a passkey alone: it is in your hand and has asked for your finger, face or PIN.

    The answer is the same for every passkey that does not fit, whatever is wrong with it.
    """
    gate = gate_of(request)
    gate.may_try_a_link(request)
    await not_on_a_kiosk(request)
    # Without the cookie it is answered as any other that does not fit.
    attempt = gate.cookies.attempt_of(request, PASSKEY) or "none"
    answer = await gate.auth("/sign-in/passkey", {"attempt": attempt, **_said(body), **newcomer(request)})
    response = begin(request, answer)
    gate.cookies.end_attempt(response, PASSKEY)
    return response


async def _give(request: Request, session: Credential, path: str, **what: Any) -> Any:
    gate = gate_of(request)
    gate.may_try_a_code(request, session)
    answer = await gate.auth(path, {"session": session.value, **what})
    gate.sessions.forget(session)
    return answer


def _said(body: schemas.PasskeyGiven) -> dict[str, Any]:
    return body.model_dump(mode="json", exclude_unset=True)
