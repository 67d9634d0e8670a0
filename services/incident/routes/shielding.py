"""Naming the child or the concern somebody is to be shielded from, and those somebody is shielded from already."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident import schemas
from services.incident.domain import plain
from services.incident.models import Pupil
from services.incident.queries import pupils, shielding
from services.incident.routes.pupils import FEWEST_LETTERS, may_pick
from services.incident.routes.within import database, scope
from shared import audit
from shared.errors import FieldError, Invalid
from shared.identity import Staff, may

router = APIRouter(prefix="/shielding", tags=["pupils"])
Shielder = Annotated[Staff, Depends(may("shield:write"))]


@router.post("/find")
async def find(request: Request, staff: Shielder, body: schemas.WantedToShield) -> schemas.ToShieldFrom:
    """Children by the beginning of a name, and a concern by its number; of a concern nothing but that it is there."""
    if body.name is None and body.number is None:
        raise Invalid(FieldError("name", "Enter a child's name or the number of a concern."))
    if body.name is not None and len(plain(body.name)) < FEWEST_LETTERS:
        raise Invalid(FieldError("name", "Type three letters or more of the child's name."))
    async with database(request).begin(scope(staff)) as session:
        await may_pick(session, staff, datetime.now(UTC))
        found = await shielding.children_named(session, staff, body.name) if body.name else ()
        concern = await shielding.concern_numbered(session, staff, body.number) if body.number else None
        await _note(session, staff, pupils.PICKED, [pupil.id for pupil in found])
    return schemas.ToShieldFrom(
        pupils=[_shown(pupil) for pupil in found],
        incident=schemas.ConcernNumbered(id=concern, number=body.number) if concern and body.number else None,
    )


@router.post("/named")
async def named(request: Request, staff: Shielder, body: schemas.ShieldedFrom) -> schemas.ShieldedNames:
    """The names and numbers that this person may be told; of the others nothing."""
    async with database(request).begin(scope(staff)) as session:
        names = await shielding.names(session, staff, body.pupil_ids)
        numbers = await shielding.numbers(session, staff, body.incident_ids)
        await _note(session, staff, "pupil:named", sorted(names))
    return schemas.ShieldedNames(pupils=dict(names), numbers=dict(numbers))


def _shown(pupil: Pupil) -> schemas.PickedPupil:
    return schemas.PickedPupil(id=pupil.id, name=pupil.name, year_group=pupil.year_group, class_code=pupil.class_code)


async def _note(session: AsyncSession, staff: Staff, action: str, pupil_ids: Sequence[UUID]) -> None:
    await audit.record(
        session,
        action=action,
        school_id=staff.school_id,
        staff=staff,
        about_kind="pupils",
        about_id=None,
        pupil_ids=pupil_ids,
        details={"found": len(pupil_ids), "for": "shields"},
    )
