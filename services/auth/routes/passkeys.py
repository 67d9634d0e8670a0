"""Passkeys: one's own, and given in place of a code or for the whole sign-in."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from services.auth import schemas, service
from services.auth.models import Passkey
from services.auth.routes.refusals import no_such_way
from services.auth.routes.sessions import begun
from services.auth.routes.within import database, now, party, scope
from services.auth.service import sessions
from shared.db import Scope
from shared.errors import FieldError, Invalid, NotSignedIn
from shared.identity import Staff, may, service_only, signed_in

router = APIRouter(tags=["passkeys"])
Gateway = Annotated[str, Depends(service_only("gateway"))]
Anyone = Annotated[Staff, Depends(signed_in())]
Changer = Annotated[Staff, Depends(may("sign-in:change"))]


@router.get("/second-factor")
async def second_factors(request: Request, staff: Anyone) -> schemas.SecondFactorsShown:
    async with database(request).begin(scope(staff)) as session:
        factors = await service.factors_of(session, staff.staff_id)
        left = await service.recovery_codes_left(session, staff.staff_id)
    return schemas.SecondFactorsShown(code=factors.code, passkeys=factors.passkeys, recovery_codes_left=left)


@router.get("/passkeys")
async def passkeys(request: Request, staff: Anyone) -> schemas.PasskeysShown:
    async with database(request).begin(scope(staff)) as session:
        found = await service.passkeys_of(session, staff.staff_id)
    return schemas.PasskeysShown(passkeys=[_shown(row) for row in found])


@router.post("/passkeys/options")
async def offer(request: Request, staff: Anyone) -> dict[str, Any]:
    async with database(request).begin(scope(staff)) as session:
        return await service.offer_passkey(session, acting_staff=staff, party=party(request), now=now())


@router.post("/passkeys", status_code=201)
async def add(request: Request, staff: Anyone, body: schemas.NewPasskey) -> schemas.PasskeyShown:
    async with database(request).begin(scope(staff)) as session:
        added = await service.add_passkey(
            session,
            acting_staff=staff,
            party=party(request),
            name=body.name,
            credential=body.credential,
            now=now(),
        )
    if added is None:
        raise Invalid(FieldError("credential", "This passkey could not be added. Begin again, and take a new one."))
    return _shown(added)


@router.delete("/passkeys/{passkey_id}", status_code=204)
async def remove(request: Request, staff: Changer, passkey_id: UUID) -> Response:
    async with database(request).begin(scope(staff)) as session:
        await service.remove_passkey(session, acting_staff=staff, passkey_id=passkey_id)
    return Response(status_code=204)


@router.post("/sessions/second-factor/passkey/options")
async def ask_second_factor(request: Request, _: Gateway, body: schemas.SessionOnly) -> dict[str, Any]:
    return await _ask(request, body.session, elevate=False)


@router.post("/sessions/second-factor/passkey")
async def give_second_factor(request: Request, _: Gateway, body: schemas.SessionPasskey) -> schemas.Device:
    return schemas.Device(device=await _give(request, body, elevate=False))


@router.post("/sessions/elevate/passkey/options")
async def ask_elevation(request: Request, _: Gateway, body: schemas.SessionOnly) -> dict[str, Any]:
    return await _ask(request, body.session, elevate=True)


@router.post("/sessions/elevate/passkey", status_code=204)
async def elevate(request: Request, _: Gateway, body: schemas.SessionPasskey) -> Response:
    await _give(request, body, elevate=True)
    return Response(status_code=204)


@router.post("/sign-in/passkey/options")
async def ask_to_sign_in(request: Request, _: Gateway) -> schemas.PasskeyAttempt:
    async with database(request).begin(Scope()) as session:
        attempt = await service.ask_to_sign_in(session, party=party(request), now=now())
    return schemas.PasskeyAttempt(attempt=attempt.token, options=attempt.options)


@router.post("/sign-in/passkey")
async def sign_in(request: Request, _: Gateway, body: schemas.SignInPasskey) -> schemas.SignedIn:
    async with database(request).begin(Scope()) as session:
        signed_in = await service.sign_in_with_passkey(
            session,
            attempt=body.attempt,
            credential=body.credential,
            party=party(request),
            browser=body.browser,
            device=body.browser_words,
            now=now(),
        )
    if signed_in is None:
        raise no_such_way()
    return begun(signed_in)


async def _ask(request: Request, token: str, *, elevate: bool) -> dict[str, Any]:
    async with database(request).begin(Scope()) as session:
        options = await service.ask_for_passkey(session, token=token, elevate=elevate, party=party(request), now=now())
    if options is None:
        raise NotSignedIn()
    return options


async def _give(request: Request, body: schemas.SessionPasskey, *, elevate: bool) -> str | None:
    """The token of a browser that is to be remembered; said after the commit that used the challenge up."""
    device = None
    async with database(request).begin(Scope()) as session:
        given = await service.give_passkey(
            session,
            token=body.session,
            credential=body.credential,
            elevate=elevate,
            party=party(request),
            now=now(),
        )
        if given.accepted and body.remember and not elevate:
            device = await sessions.remember_device_of(session, token=body.session, now=now())
    if not given.session_known:
        raise NotSignedIn()
    if not given.accepted:
        raise Invalid(FieldError("credential", "This passkey was not accepted. Try again, or use a code."))
    return device


def _shown(row: Passkey) -> schemas.PasskeyShown:
    return schemas.PasskeyShown(id=row.id, name=row.name, made_at=row.made_at, last_used_at=row.last_used_at)
