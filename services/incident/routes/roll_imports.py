"""The roll from a file in two steps, and a child added by hand."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from services.incident import schemas, service
from services.incident.models import RollImport, RollImportRow
from services.incident.receiving import is_ctf, read_file, spooled
from services.incident.roll_file import missing_columns
from services.incident.routes.within import database, scope
from services.incident.service.roll_values import CARE_AND_CONTACTS
from shared.contracts.words import DSL_TEAM
from shared.identity import Staff, may

router = APIRouter(tags=["roll"])
Importer = Annotated[Staff, Depends(may("roll:import"))]


@router.post("/roll/imports", status_code=201)
async def begin(
    request: Request,
    staff: Importer,
    whole: Annotated[bool | None, Query(description="everybody on the roll is in it; a CTF says so itself")] = None,
) -> schemas.ImportBegun:
    with await spooled(request) as file:
        # Off the loop: a large file takes seconds, and others are being served.
        today = datetime.now(UTC).date()
        read = await asyncio.to_thread(read_file, file, ctf=is_ctf(request), whole=whole, today=today)
    async with database(request).begin(scope(staff)) as session:
        made = await service.begin_import(session, acting_staff=staff, file=read)
    return schemas.ImportBegun(id=made)


@router.get("/roll/imports/{import_id}")
async def open_import(
    *,
    request: Request,
    staff: Importer,
    import_id: UUID,
    outcome: schemas.Outcome | None = None,
    after: Annotated[int, Query(ge=0, le=100_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> schemas.ImportShown:
    async with database(request).begin(scope(staff)) as session:
        job, rows = await service.open_import(
            session, staff=staff, import_id=import_id, outcome=outcome, after=after, limit=limit
        )
    return shown(job, rows[:limit], staff, more=len(rows) > limit)


@router.put("/roll/imports/{import_id}/mapping", status_code=200)
async def map_columns(
    request: Request, staff: Importer, import_id: UUID, body: schemas.ColumnMapping
) -> schemas.ImportBegun:
    async with database(request).begin(scope(staff)) as session:
        await service.map_columns(session, acting_staff=staff, import_id=import_id, mapping=body.mapping)
    return schemas.ImportBegun(id=import_id)


@router.post("/roll/imports/{import_id}/apply")
async def apply_import(
    request: Request, staff: Importer, import_id: UUID, body: schemas.ApplyImport
) -> schemas.ImportApplied:
    async def told(done: int) -> None:
        async with database(request).begin(scope(staff)) as beside:
            await service.note_progress(beside, school_id=staff.school_id, import_id=import_id, done=done)

    async with database(request).begin(scope(staff)) as session:
        report = await service.apply_import(
            session, acting_staff=staff, import_id=import_id, leavers=body.leavers, told=told
        )
    return schemas.ImportApplied(
        enrolled=len(report.enrolled),
        changed=len(report.changed),
        left=len(report.left),
        unchanged=report.unchanged,
        refused=report.refused,
    )


@router.post("/pupils", status_code=201)
async def add_pupil(request: Request, staff: Importer, body: schemas.NewPupil) -> schemas.PupilAdded:
    async with database(request).begin(scope(staff)) as session:
        made = await service.add_pupil(
            session,
            acting_staff=staff,
            cells={**body.model_dump(mode="json", exclude={"names_apart"})},
            names_apart=body.names_apart,
        )
    return schemas.PupilAdded(id=made)


def shown(job: RollImport, rows: Sequence[RollImportRow], staff: Staff, *, more: bool) -> schemas.ImportShown:
    said = {name: getattr(job, name) for name in schemas.ImportShown.model_fields if hasattr(job, name)}
    unmapped = job.kind == "csv" and job.state != "applied"
    return schemas.ImportShown(
        **said,
        missing=missing_columns(job.mapping) if unmapped else [],
        rows=[_row(row, staff) for row in rows],
        next=rows[-1].number if more else None,
    )


def _row(row: RollImportRow, staff: Staff) -> schemas.ImportRowShown:
    # The trust's administrator brings the file in; what it says of a child's care is not for them, nor of a shielded
    # child for anybody from whom the child is shielded.
    hidden = frozenset() if DSL_TEAM & staff.roles else CARE_AND_CONTACTS
    changes = [] if row.pupil_id in staff.shields else [change for change in row.changes if change not in hidden]
    return schemas.ImportRowShown(
        number=row.number,
        name=row.name,
        outcome=row.outcome,
        pupil_id=row.pupil_id,
        changes=changes,
        faults=[schemas.FaultShown(column=column, message=message) for column, message in row.faults],
    )
