"""A school's own lists: the agencies it speaks to, the places where things happen."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from services.incident import schemas
from services.incident.queries import lists
from services.incident.routes.within import database, scope
from services.incident.service.circumstances import AGENCY, LOCATION
from shared.identity import Staff, may

router = APIRouter(tags=["lists"])


@router.get("/agencies")
async def agencies(request: Request, staff: Annotated[Staff, Depends(may("category:list"))]) -> schemas.EntriesShown:
    return await _shown(request, staff, AGENCY)


@router.get("/locations")
async def locations(request: Request, staff: Annotated[Staff, Depends(may("category:list"))]) -> schemas.EntriesShown:
    return await _shown(request, staff, LOCATION)


async def _shown(request: Request, staff: Staff, which: str) -> schemas.EntriesShown:
    async with database(request).begin(scope(staff)) as session:
        found = await lists.entries(session, staff.school_id, which)
    return schemas.EntriesShown(entries=[schemas.EntryShown(id=entry.id, name=entry.name) for entry in found])
