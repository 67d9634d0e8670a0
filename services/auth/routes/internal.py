"""For other services: their own tokens, addresses for mail, names for pages, and the snapshot for their copies."""

import base64
import binascii
import hmac
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from services.auth import queries, schemas
from services.auth.routes.within import database, signer
from services.auth.snapshot import page_of
from shared.db import Scope
from shared.errors import NotSignedIn
from shared.identity import public, service_only

router = APIRouter(tags=["internal"])
SERVICES: Final = frozenset({"gateway", "incident", "alerting", "documents", "transfer"})


@router.get("/.well-known/jwks.json", dependencies=[Depends(public())])
async def jwks(request: Request) -> dict[str, Any]:
    return signer(request).jwks()


@router.post("/internal/service-token", dependencies=[Depends(public())])
async def service_token(request: Request, body: schemas.ServiceToken) -> dict[str, str]:
    """A token for a service that comes with its name and the house's service secret (HTTP Basic)."""
    name = _service(request)
    claims = {"sub": f"service:{name}", "svc": name}
    return {"token": signer(request).mint(claims, audience=body.audience)}


@router.post("/internal/addresses")
async def addresses(
    request: Request, _: Annotated[str, Depends(service_only("alerting"))], body: schemas.StaffIds
) -> dict[str, dict[str, Any]]:
    """E-mail addresses, for the sender alone: an address is a name and never travels on the bus.

    With the names of all schools, for a mail names the school it is about, which need not be its reader's own.
    """
    async with database(request).begin(Scope()) as session:
        found = await queries.addresses(session, body.staff_ids)
        schools = await queries.school_names(session)
    return {
        "addresses": {str(i): {"email": email, "school_name": school} for i, (email, school) in found.items()},
        "schools": {str(school_id): name for school_id, name in schools.items()},
    }


@router.post("/internal/names")
async def names(
    request: Request, _: Annotated[str, Depends(service_only("gateway"))], body: schemas.StaffIds
) -> dict[str, dict[str, str]]:
    async with database(request).begin(Scope()) as session:
        found = await queries.names(session, body.staff_ids)
    return {"names": {str(staff_id): name for staff_id, name in found.items()}}


@router.get("/internal/snapshot")
async def snapshot(
    request: Request,
    _: Annotated[str, Depends(service_only("incident", "alerting", "documents", "transfer"))],
    after: UUID | None = None,
) -> dict[str, Any]:
    """What others keep copies of, as the events that would make it: first the trust's own, then a school a page."""
    async with database(request).begin(Scope()) as session:
        events, following = await page_of(session, after)
    return {"events": events, "next": str(following) if following else None}


def _service(request: Request) -> str:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    try:
        name, _, secret = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise NotSignedIn() from None
    expected = request.app.state.settings.service_secret.get_secret_value()
    fits = hmac.compare_digest(secret.encode(), expected.encode()) and bool(expected)
    if scheme.lower() != "basic" or not fits or name not in SERVICES:
        raise NotSignedIn()
    return name
