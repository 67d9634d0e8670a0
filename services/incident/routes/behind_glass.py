"""Naming the one child whose record somebody is about to open by break-glass; the trust's people can name none else."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident import schemas
from services.incident.models import Pupil
from services.incident.queries import pupils
from services.incident.routes.pupils import may_pick, starts_with_letters
from services.incident.routes.within import database, scope
from shared import audit
from shared.errors import NotFound
from shared.identity import Staff, may

router = APIRouter(prefix="/behind-glass/pupils", tags=["pupils"])
Breaker = Annotated[Staff, Depends(may("break-glass"))]


@router.get("")
async def find(request: Request, staff: Breaker, starts: Annotated[str, Query(max_length=60)]) -> schemas.PickedPupils:
    starts_with_letters(starts)
    async with database(request).begin(scope(staff)) as session:
        await may_pick(session, staff, datetime.now(UTC))
        found = await pupils.to_break_glass_for(session, staff, starts=starts)
        await _note(session, staff, [pupil.id for pupil in found])
    return schemas.PickedPupils(pupils=[_shown(pupil) for pupil in found])


@router.get("/{pupil_id}")
async def one(request: Request, staff: Breaker, pupil_id: UUID) -> schemas.PickedPupil:
    async with database(request).begin(scope(staff)) as session:
        found = await pupils.to_break_glass_for(session, staff, pupil_id=pupil_id)
        if not found:
            raise NotFound()
        await _note(session, staff, [pupil_id])
    return _shown(found[0])


def _shown(pupil: Pupil) -> schemas.PickedPupil:
    return schemas.PickedPupil(id=pupil.id, name=pupil.name, year_group=pupil.year_group, class_code=pupil.class_code)


async def _note(session: AsyncSession, staff: Staff, pupil_ids: list[UUID]) -> None:
    await audit.record(
        session,
        action=pupils.PICKED,
        school_id=staff.school_id,
        staff=staff,
        about_kind="pupils",
        about_id=None,
        pupil_ids=pupil_ids,
        details={"found": len(pupil_ids), "for": "break-glass"},
    )
