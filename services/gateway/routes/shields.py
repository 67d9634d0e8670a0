"""Shields: who is kept from which child or concern, whatever their role."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from services.gateway import composing
from services.gateway.asking import asks
from services.gateway.calls import Caller
from services.gateway.openapi import BASE
from services.gateway.routes.documented import gives, gives_nothing
from services.gateway.schemas import shields as schemas

router = APIRouter(prefix=f"{BASE}/shields", tags=["Settings"])
ShieldWriter = Annotated[Caller, Depends(asks("shield:write"))]


@router.get("", responses=gives(schemas.Shields, "The shields that hold, the newest first."))
async def list_shields(request: Request, caller: ShieldWriter) -> Response:
    """The shields that are yours to decide over; never your own, and none from a child you are shielded from.

    Where the trust has a data protection officer or a safeguarding lead, these alone see them.
    """
    return await composing.shields(request, caller)


@router.post("/find", responses=gives(schemas.ToShieldFrom, "Children of that name, and the concern of that number."))
async def find(caller: ShieldWriter, body: schemas.WantedToShield) -> Response:
    """Name the child or the concern somebody is to be shielded from.

    Of a concern you learn that it is there, and no more. Every look is recorded, and many are slowed down.
    """
    return await caller.forward("incident", "POST", "/shielding/find", body=body)


@router.post("", status_code=201, responses=gives(schemas.Shield, "The shield holds.", status=201))
async def shield(caller: ShieldWriter, body: schemas.NewShield) -> Response:
    """Shield a member of staff from a pupil or a concern: a parent, a relative, somebody named in it."""
    return await caller.forward("auth", "POST", "/shields", body=body)


@router.delete("/{shield_id}", status_code=204, responses=gives_nothing("The shield has ended."))
async def end_shield(caller: ShieldWriter, shield_id: UUID) -> Response:
    """End a shield."""
    return await caller.forward("auth", "DELETE", f"/shields/{shield_id}")
