"""Shields: who is kept from which child or concern."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from services.auth import schemas, service
from services.auth.routes.within import database, scope
from shared.identity import Staff, may

router = APIRouter(prefix="/shields", tags=["shields"])
Shielder = Annotated[Staff, Depends(may("shield:write"))]


@router.get("")
async def shields(request: Request, staff: Shielder) -> schemas.ShieldsShown:
    async with database(request).begin(scope(staff)) as session:
        found = await service.read_shields(session, acting_staff=staff)
    return schemas.ShieldsShown(
        shields=[
            schemas.ShieldHeld(
                id=shield.id,
                staff_id=shield.staff_id,
                pupil_id=shield.pupil_id,
                incident_id=shield.incident_id,
                reason=shield.why,
                raised_at=shield.raised_at,
            )
            for shield in found
        ]
    )


@router.post("", status_code=201)
async def raise_shield(request: Request, staff: Shielder, body: schemas.NewShield) -> schemas.ShieldShown:
    async with database(request).begin(scope(staff)) as session:
        shield = await service.raise_shield(
            session,
            acting_staff=staff,
            school_id=staff.school_id,
            staff_id=body.staff_id,
            why=body.reason,
            pupil_id=body.pupil_id,
            incident_id=body.incident_id,
        )
    return schemas.ShieldShown(id=shield.id)


@router.delete("/{shield_id}", status_code=204)
async def lift_shield(request: Request, staff: Shielder, shield_id: UUID) -> Response:
    async with database(request).begin(scope(staff)) as session:
        await service.lift_shield(session, acting_staff=staff, school_id=staff.school_id, shield_id=shield_id)
    return Response(status_code=204)
