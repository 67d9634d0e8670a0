"""A school's own lists: the agencies it speaks to, the places where things happen."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from services.incident import schemas
from services.incident.queries.lists import entries
from services.incident.routes.within import database, scope
from services.incident.service import lists
from services.incident.service.circumstances import AGENCY, LOCATION
from shared.identity import Staff, may

router = APIRouter(tags=["lists"])

Reader = Annotated[Staff, Depends(may("category:list"))]
Writer = Annotated[Staff, Depends(may("category:write"))]


class Which(StrEnum):
    """As the address has it."""

    AGENCIES = "agencies"
    LOCATIONS = "locations"

    @property
    def kind(self) -> str:
        return AGENCY if self is Which.AGENCIES else LOCATION


@router.get("/lists/{which}")
async def shown(request: Request, staff: Reader, which: Which) -> schemas.EntriesShown:
    async with database(request).begin(scope(staff)) as session:
        found = await entries(session, staff.school_id, which.kind)
    return schemas.EntriesShown(entries=[schemas.EntryShown(id=entry.id, name=entry.name) for entry in found])


@router.post("/lists/{which}", status_code=201)
async def add(request: Request, staff: Writer, which: Which, body: schemas.EntryName) -> schemas.Added:
    async with database(request).begin(scope(staff)) as session:
        made = await lists.add_entry(session, acting_staff=staff, which=which.kind, name=body.name)
    return schemas.Added(id=made)


@router.put("/lists/{which}/order", status_code=204)
async def reorder(request: Request, staff: Writer, which: Which, body: schemas.EntryOrder) -> Response:
    async with database(request).begin(scope(staff)) as session:
        await lists.reorder_entries(session, acting_staff=staff, which=which.kind, ids=body.ids)
    return Response(status_code=204)


@router.patch("/lists/{which}/{entry_id}", status_code=204)
async def rename(request: Request, staff: Writer, which: Which, entry_id: UUID, body: schemas.EntryName) -> Response:
    async with database(request).begin(scope(staff)) as session:
        await lists.rename_entry(session, acting_staff=staff, which=which.kind, entry_id=entry_id, name=body.name)
    return Response(status_code=204)


@router.post("/lists/{which}/{entry_id}/merge", status_code=204)
async def merge(request: Request, staff: Writer, which: Which, entry_id: UUID, body: schemas.MergeInto) -> Response:
    async with database(request).begin(scope(staff)) as session:
        await lists.merge_entry(session, acting_staff=staff, which=which.kind, entry_id=entry_id, into_id=body.into)
    return Response(status_code=204)


@router.post("/lists/{which}/{entry_id}/retire", status_code=204)
async def retire(request: Request, staff: Writer, which: Which, entry_id: UUID) -> Response:
    async with database(request).begin(scope(staff)) as session:
        await lists.retire_entry(session, acting_staff=staff, which=which.kind, entry_id=entry_id)
    return Response(status_code=204)
