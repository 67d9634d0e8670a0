"""Signing in with an account of a provider; linking and unlinking one."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from services.auth import schemas, service
from services.auth.domain.providers import Identity, came_back
from services.auth.providers import Providers
from services.auth.routes.refusals import no_such_way
from services.auth.routes.sessions import begun
from services.auth.routes.within import database, now, scope
from services.auth.service.linked_accounts import Attempt
from shared.db import Scope
from shared.errors import FieldError, Invalid
from shared.identity import Staff, may, service_only, signed_in

router = APIRouter(tags=["linked accounts"])
Gateway = Annotated[str, Depends(service_only("gateway"))]
Anyone = Annotated[Staff, Depends(signed_in())]
Changer = Annotated[Staff, Depends(may("sign-in:change"))]


@router.get("/sign-in/providers")
async def providers(request: Request, _: Gateway) -> schemas.ProvidersShown:
    known = _providers(request).known.values()
    return schemas.ProvidersShown(providers=[schemas.ProviderShown(id=one.id, label=one.label) for one in known])


@router.post("/sign-in/provider")
async def leave_to_sign_in(request: Request, _: Gateway, body: schemas.ProviderChosen) -> schemas.ProviderAttempt:
    return await _leave(request, body.provider, None)


@router.post("/sign-in/provider/return")
async def come_back(request: Request, _: Gateway, body: schemas.CameBack) -> schemas.WelcomeBack:
    """From a provider: signed in, or with an account linked, by what the browser had left for."""
    async with database(request).begin(Scope()) as session:
        attempt = await service.take_attempt(session, body.attempt, now=now())
    # Between two transactions: no connection waits for a provider.
    identity = await _identity(request, attempt, body) if attempt else None
    if attempt is not None and attempt.links:
        return await _link(request, attempt, identity, body)
    async with database(request).begin(Scope()) as session:
        signed_in = await service.sign_in_with_account(
            session,
            identity,
            device=body.device,
            browser=body.browser,
            browser_words=body.browser_words,
            now=now(),
        )
    if signed_in is None:
        raise no_such_way()
    return schemas.WelcomeBack(signed_in=begun(signed_in), linked=False)


@router.get("/linked-accounts")
async def linked_accounts(request: Request, staff: Anyone) -> schemas.LinkedAccountsShown:
    async with database(request).begin(scope(staff)) as session:
        found = await service.linked_accounts(session, acting_staff=staff)
    known = _providers(request).known
    return schemas.LinkedAccountsShown(
        accounts=[
            schemas.LinkedAccountShown(
                id=row.id,
                provider=row.provider,
                label=known[row.provider].label if row.provider in known else row.provider,
                linked_at=row.linked_at,
                last_used_at=row.last_used_at,
            )
            for row in found
        ]
    )


@router.post("/linked-accounts")
async def leave_to_link(request: Request, staff: Changer, body: schemas.ProviderChosen) -> schemas.ProviderAttempt:
    return await _leave(request, body.provider, staff)


@router.delete("/linked-accounts/{account_id}", status_code=204)
async def unlink(request: Request, staff: Changer, account_id: UUID) -> Response:
    async with database(request).begin(scope(staff)) as session:
        await service.unlink_account(session, acting_staff=staff, account_id=account_id)
    return Response(status_code=204)


async def _leave(request: Request, provider_id: str, staff: Staff | None) -> schemas.ProviderAttempt:
    provider = _providers(request).provider(provider_id)
    async with database(request).begin(scope(staff) if staff else Scope()) as session:
        attempt = await service.begin_attempt(session, provider=provider.id, acting_staff=staff, now=now())
    return schemas.ProviderAttempt(attempt=attempt, address=await _providers(request).address(provider, attempt))


async def _identity(request: Request, attempt: Attempt, body: schemas.CameBack) -> Identity | None:
    known = _providers(request)
    # Taken out of the settings since the browser left: it has come back from nowhere.
    provider = known.known.get(attempt.provider)
    if provider is None or body.code is None:
        return None
    if not came_back(body.attempt, state=body.state, issuer=body.iss, provider=provider):
        return None
    return await known.identity(provider, attempt=body.attempt, code=body.code)


async def _link(
    request: Request, attempt: Attempt, identity: Identity | None, body: schemas.CameBack
) -> schemas.WelcomeBack:
    async with database(request).begin(Scope()) as session:
        linked = await service.link_account(session, identity, attempt, token=body.session or "", now=now())
    if not linked:
        raise Invalid(FieldError("provider", "This account could not be linked. Begin again, and choose another."))
    return schemas.WelcomeBack(signed_in=None, linked=True)


def _providers(request: Request) -> Providers:
    found: Providers = request.app.state.providers
    return found
