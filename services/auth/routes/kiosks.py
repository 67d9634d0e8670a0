"""Kiosks: for the DSL team, who register and revoke them, and for the gateway, before which one stands."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from services.auth import passwords, schemas, service
from services.auth.domain import school_of_token
from services.auth.models import Kiosk
from services.auth.routes.refusals import wrong_password
from services.auth.routes.within import database, now, scope
from services.auth.service import sessions
from shared.db import Scope
from shared.errors import NotFound, TooMany
from shared.identity import Staff, may, service_only

router = APIRouter(tags=["kiosks"])
Keeper = Annotated[Staff, Depends(may("kiosk:write"))]
Gateway = Annotated[str, Depends(service_only("gateway"))]


@router.get("/kiosks")
async def shown(request: Request, staff: Keeper) -> schemas.KiosksShown:
    async with database(request).begin(scope(staff)) as session:
        found = await service.kiosks(session, staff.school_id)
    return schemas.KiosksShown(kiosks=[_shown(kiosk) for kiosk in found])


@router.post("/kiosks", status_code=201)
async def register(request: Request, staff: Keeper, body: schemas.NewKiosk) -> schemas.KioskMade:
    async with database(request).begin(scope(staff)) as session:
        kiosk, token = await service.register_kiosk(session, acting_staff=staff, name=body.name, now=now())
    return schemas.KioskMade(**_shown(kiosk).model_dump(), token=token)


@router.delete("/kiosks/{kiosk_id}", status_code=204)
async def revoke(request: Request, staff: Keeper, kiosk_id: UUID) -> Response:
    async with database(request).begin(scope(staff)) as session:
        await service.revoke_kiosk(session, acting_staff=staff, kiosk_id=kiosk_id, now=now())
    return Response(status_code=204)


@router.post("/kiosk")
async def door(request: Request, _: Gateway, body: schemas.KioskToken) -> schemas.KioskDoor:
    school_id = _school(body.kiosk)
    async with database(request).begin(Scope(school_id)) as session:
        kiosk, school = await service.kiosk_of(session, school_id=school_id, token=body.kiosk, now=now())
    return schemas.KioskDoor(
        id=kiosk.id,
        name=kiosk.name,
        school_id=school_id,
        school_name=school.name,
        danger_text=school.danger_text,
    )


@router.post("/kiosk/sign-in")
async def sign_in(request: Request, _: Gateway, body: schemas.KioskSignIn) -> schemas.KioskSession:
    school_id = _school(body.kiosk)
    db = database(request)
    async with db.begin(Scope(school_id)) as session:
        await service.kiosk_of(session, school_id=school_id, token=body.kiosk, now=now())
        candidate = await sessions.begin_sign_in(
            session, email=body.email, device=None, address=body.address, now=now()
        )
    if candidate.wait:
        raise TooMany(candidate.wait, f"Too many tries. Wait {candidate.wait} seconds, then try again.")
    # Between two transactions: no connection waits while a password is hashed.
    fits = await passwords.fits(candidate.password_hash, body.password)
    async with db.begin(Scope(school_id)) as session:
        begun = await service.sign_in_on_kiosk(
            session, candidate, school_id=school_id, token=body.kiosk, fits=fits, now=now()
        )
    if begun is None:
        raise wrong_password()
    return schemas.KioskSession(
        session=begun.token, staff_id=begun.staff_id, name=begun.name, school_id=school_id, ends_at=begun.ends_at
    )


def _school(token: str) -> UUID:
    school_id = school_of_token(token)
    if school_id is None:
        raise NotFound()
    return school_id


def _shown(kiosk: Kiosk) -> schemas.KioskShown:
    return schemas.KioskShown.model_validate(kiosk, from_attributes=True)
