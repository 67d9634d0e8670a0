"""What belongs to the person themselves: second factor and personal tokens."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from services.auth import schemas, service
from services.auth.domain import qr_svg
from services.auth.models import PersonalToken
from services.auth.routes.within import database, must_be_accepted, now, scope, sealing
from shared.identity import Staff, may, signed_in

router = APIRouter(tags=["own"])
Anyone = Annotated[Staff, Depends(signed_in())]
Owner = Annotated[Staff, Depends(may("token:own"))]


@router.post("/second-factor/enrol")
async def enrol(request: Request, staff: Anyone) -> schemas.Enrolment:
    async with database(request).begin(scope(staff)) as session:
        secret, uri = await service.enrol_totp(session, acting_staff=staff, sealing=sealing(request))
    return schemas.Enrolment(secret=secret, otpauth_uri=uri, qr_svg=qr_svg(uri))


@router.post("/second-factor/confirm", status_code=204)
async def confirm(request: Request, staff: Anyone, body: schemas.OnlyCode) -> Response:
    async with database(request).begin(scope(staff)) as session:
        given = await service.confirm_totp(
            session, acting_staff=staff, code=body.code, sealing=sealing(request), now=now()
        )
    must_be_accepted(accepted=given.accepted, wait=given.wait)
    return Response(status_code=204)


@router.get("/second-factor/recovery-codes")
async def recovery_codes_left(request: Request, staff: Anyone) -> schemas.RecoveryCodesLeft:
    async with database(request).begin(scope(staff)) as session:
        left = await service.recovery_codes_left(session, staff.staff_id)
    return schemas.RecoveryCodesLeft(left=left)


@router.post("/second-factor/recovery-codes", status_code=201)
async def renew_recovery_codes(request: Request, staff: Anyone) -> schemas.RecoveryCodes:
    async with database(request).begin(scope(staff)) as session:
        codes = await service.renew_recovery_codes(session, acting_staff=staff, now=now())
    return schemas.RecoveryCodes(codes=codes)


@router.get("/sessions")
async def sessions(request: Request, staff: Anyone) -> schemas.SessionsShown:
    async with database(request).begin(scope(staff)) as session:
        found = await service.own_sessions(session, acting_staff=staff, now=now())
    return schemas.SessionsShown(
        sessions=[
            schemas.SessionShown(
                id=row.id,
                began_at=row.began_at,
                last_seen_at=row.seen_at,
                device=row.device,
                this=row.id == staff.session_id,
            )
            for row in found
        ]
    )


@router.delete("/sessions/{session_id}", status_code=204)
async def end_session(request: Request, staff: Anyone, session_id: UUID) -> Response:
    async with database(request).begin(scope(staff)) as session:
        await service.end_own_session(session, acting_staff=staff, session_id=session_id, now=now())
    return Response(status_code=204)


@router.post("/sessions/end-others")
async def end_other_sessions(request: Request, staff: Anyone) -> schemas.Ended:
    async with database(request).begin(scope(staff)) as session:
        ended = await service.end_other_sessions(session, acting_staff=staff, now=now())
    return schemas.Ended(ended=ended)


@router.get("/devices")
async def devices(request: Request, staff: Anyone) -> schemas.DevicesShown:
    async with database(request).begin(scope(staff)) as session:
        found = await service.remembered_devices(session, acting_staff=staff, now=now())
    shown = [schemas.DeviceShown(id=row.id, remembered_at=row.made_at, ends_at=row.ends_at) for row in found]
    return schemas.DevicesShown(devices=shown)


@router.delete("/devices/{device_id}", status_code=204)
async def forget_device(request: Request, staff: Anyone, device_id: UUID) -> Response:
    async with database(request).begin(scope(staff)) as session:
        await service.forget_device(session, acting_staff=staff, device_id=device_id)
    return Response(status_code=204)


@router.get("/tokens")
async def tokens(request: Request, staff: Owner) -> schemas.TokensShown:
    async with database(request).begin(scope(staff)) as session:
        found = await service.personal_tokens(session, acting_staff=staff, now=now())
    return schemas.TokensShown(tokens=[_shown(row) for row in found])


@router.post("/tokens", status_code=201)
async def make_token(request: Request, staff: Owner, body: schemas.NewToken) -> schemas.TokenMade:
    async with database(request).begin(scope(staff)) as session:
        row, token = await service.make_personal_token(
            session, acting_staff=staff, name=body.name, scopes=body.scopes, now=now()
        )
    return schemas.TokenMade(**_shown(row).model_dump(), token=token)


@router.delete("/tokens/{token_id}", status_code=204)
async def end_token(request: Request, staff: Owner, token_id: UUID) -> Response:
    async with database(request).begin(scope(staff)) as session:
        await service.end_personal_token(session, acting_staff=staff, token_id=token_id, now=now())
    return Response(status_code=204)


def _shown(row: PersonalToken) -> schemas.TokenShown:
    return schemas.TokenShown(
        id=row.id, name=row.name, scopes=row.scopes, created_at=row.made_at, last_used_at=row.last_used_at
    )
