"""Finding a child, and their chronology."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from services.incident import schemas, service, views_chronology
from services.incident.queries.chronology import Filters, Kind
from services.incident.queries.finding import Sought
from services.incident.routes.within import after, cursor, database, reader, scope
from shared.contracts.words import Part
from shared.errors import FieldError, Invalid
from shared.identity import Staff, may

router = APIRouter(prefix="/pupils", tags=["pupils"])
Times = Annotated[datetime | None, Query()]


@router.post("/find")
async def find(
    request: Request, staff: Annotated[Staff, Depends(may("pupil:find"))], body: schemas.WantedPupil
) -> schemas.FoundPupils:
    if not (body.name or body.upn or body.class_code):
        raise Invalid(FieldError("name", "Enter a name, a UPN or a class."))
    who = await reader(request, staff)
    async with database(request).begin(scope(staff)) as session:
        found, more = await service.find_pupils(session, who=who, sought=Sought(body.name, body.upn, body.class_code))
    return schemas.FoundPupils(
        break_glass=staff.break_glass is not None,
        pupils=[
            schemas.FoundPupil(
                id=one.pupil.id,
                name=one.pupil.name,
                year_group=one.pupil.year_group,
                class_code=one.pupil.class_code,
                left_on=one.pupil.left_on,
                fits=one.fit.word if one.fit else None,
                last_entry_at=one.last_entry_at,
            )
            for one in found
        ],
        more=more,
    )


@router.get("/{pupil_id}/chronology")
async def chronology(
    *,
    request: Request,
    staff: Annotated[Staff, Depends(may("pupil:chronology"))],
    pupil_id: UUID,
    category: Annotated[list[UUID] | None, Query(max_length=20)] = None,
    since: Times = None,
    until: Times = None,
    kind: Kind | None = None,
    part: Part | None = None,
    significant: bool = False,
    new: Annotated[bool, Query(description="only what is new since this person last looked")] = False,
    begin: Annotated[str | None, Query(alias="cursor", max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> schemas.Chronology:
    who = await reader(request, staff)
    for name, time in (("since", since), ("until", until)):
        if time is not None and time.tzinfo is None:
            raise Invalid(FieldError(name, "Say which time zone, for example 2026-03-12T12:40:00Z."))
    filters = Filters(tuple(category or ()), since, until, kind, part, significant)
    async with database(request).begin(scope(staff)) as session:
        page = await service.open_chronology(
            session, who=who, pupil_id=pupil_id, filters=filters, only_new=new, limit=limit, after=after(begin)
        )
    last = page.placed[-1] if page.placed else None
    return schemas.Chronology(
        break_glass=staff.break_glass is not None,
        pupil_id=pupil_id,
        name=page.pupil.name,
        looked_before=page.looked_before,
        count=page.count,
        entries=[views_chronology.entry(page, placed) for placed in page.placed],
        next=cursor(last.at, last.incident_id) if page.more and last else None,
    )
