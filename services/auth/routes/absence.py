"""Who is away and who stands in: said by themselves, or by who looks after the staff."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from services.auth import queries, schemas, service
from services.auth.domain import Absence
from services.auth.routes.within import database, now, scope
from shared.identity import Staff, may

router = APIRouter(tags=["absence"])
Owner = Annotated[Staff, Depends(may("absence:own"))]
StaffWriter = Annotated[Staff, Depends(may("staff:write"))]


@router.get("/me/absence")
async def own_absence(request: Request, staff: Owner) -> schemas.MaybeAway:
    async with database(request).begin(scope(staff)) as session:
        found = await service.absence_of(session, school_id=staff.school_id, staff_id=staff.staff_id)
    return schemas.MaybeAway(absence=shown(found))


@router.put("/me/absence")
async def be_away(request: Request, staff: Owner, body: schemas.NewAbsence) -> schemas.MaybeAway:
    return await _set(request, staff, staff.staff_id, body)


@router.delete("/me/absence", status_code=204)
async def be_back(request: Request, staff: Owner) -> Response:
    await _set(request, staff, staff.staff_id, None)
    return Response(status_code=204)


@router.put("/staff/{staff_id}/absence")
async def somebody_is_away(
    request: Request, staff: StaffWriter, staff_id: UUID, body: schemas.NewAbsence
) -> schemas.MaybeAway:
    return await _set(request, staff, staff_id, body)


@router.delete("/staff/{staff_id}/absence", status_code=204)
async def somebody_is_back(request: Request, staff: StaffWriter, staff_id: UUID) -> Response:
    await _set(request, staff, staff_id, None)
    return Response(status_code=204)


def shown(absence: Absence | None) -> schemas.AbsenceShown | None:
    if absence is None:
        return None
    return schemas.AbsenceShown(from_on=absence.from_on, until_on=absence.until_on, deputy_id=absence.deputy_id)


async def _set(request: Request, staff: Staff, staff_id: UUID, body: schemas.NewAbsence | None) -> schemas.MaybeAway:
    absence = None
    if body is not None:
        absence = Absence(body.from_on or queries.today(now()), body.until_on, body.deputy_id)
    async with database(request).begin(scope(staff)) as session:
        await service.set_absence(
            session, acting_staff=staff, school_id=staff.school_id, staff_id=staff_id, absence=absence
        )
    return schemas.MaybeAway(absence=shown(absence))
