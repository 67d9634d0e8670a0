"""What belongs to the person themselves: second factor and personal tokens."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from services.auth import schemas, service
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
    return schemas.Enrolment(secret=secret, otpauth_uri=uri)


@router.post("/second-factor/confirm", status_code=204)
async def confirm(request: Request, staff: Anyone, body: schemas.OnlyCode) -> Response:
    async with database(request).begin(scope(staff)) as session:
        given = await service.confirm_totp(
            session, acting_staff=staff, code=body.code, sealing=sealing(request), now=now()
        )
    must_be_accepted(accepted=given.accepted, wait=given.wait)
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
