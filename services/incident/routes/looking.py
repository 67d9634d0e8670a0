"""Beside a child's chronology: significant events, patterns, and who has looked."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AwareDatetime

from services.incident import schemas, service
from services.incident.domain import by_month, by_week, clusters
from services.incident.models import Category
from services.incident.queries.significant import Event
from services.incident.routes.within import after, cursor, database, reader, scope
from shared.identity import Staff, may

router = APIRouter(prefix="/pupils/{pupil_id}", tags=["pupils"])
Reader = Annotated[Staff, Depends(may("pupil:chronology"))]
Marker = Annotated[Staff, Depends(may("event:mark"))]
A_YEAR: Final = timedelta(days=366)


@router.get("/significant")
async def significant(request: Request, staff: Reader, pupil_id: UUID, retired: bool = False) -> schemas.EventsShown:
    who = await reader(request, staff)
    async with database(request).begin(scope(staff)) as session:
        found = await service.significant_events(session, who=who, pupil_id=pupil_id, retired=retired)
    return schemas.EventsShown(break_glass=staff.break_glass is not None, events=[_event(event) for event in found])


@router.post("/significant/{incident_id}", status_code=201)
async def mark(
    request: Request, staff: Marker, pupil_id: UUID, incident_id: UUID, body: schemas.MarkSignificant
) -> schemas.Added:
    who = await reader(request, staff)
    async with database(request).begin(scope(staff)) as session:
        await service.mark_significant(
            session,
            who=who,
            pupil_id=pupil_id,
            incident_id=incident_id,
            headline=body.headline,
            analysis=body.analysis,
        )
    return schemas.Added(id=incident_id)


@router.post("/significant/{incident_id}/retire")
async def retire(
    request: Request, staff: Marker, pupil_id: UUID, incident_id: UUID, body: schemas.Reason
) -> schemas.Added:
    who = await reader(request, staff)
    async with database(request).begin(scope(staff)) as session:
        await service.retire_significant(
            session, who=who, pupil_id=pupil_id, incident_id=incident_id, reason=body.reason
        )
    return schemas.Added(id=incident_id)


@router.get("/patterns")
async def patterns(
    *,
    request: Request,
    staff: Reader,
    pupil_id: UUID,
    since: AwareDatetime | None = None,
    until: AwareDatetime | None = None,
    times: Annotated[int, Query(ge=2, le=100)] = 3,
    days: Annotated[int, Query(ge=1, le=366)] = 30,
) -> schemas.Patterns:
    who = await reader(request, staff)
    end = until or datetime.now(UTC)
    begin = since or end - A_YEAR
    async with database(request).begin(scope(staff)) as session:
        seen = await service.open_patterns(session, who=who, pupil_id=pupil_id, since=begin, until=end)
    found = clusters(seen.counted, times=times, within=timedelta(days=days))
    return schemas.Patterns(
        break_glass=staff.break_glass is not None,
        entries=len({one.incident_id for one in seen.counted}),
        weeks=_counts(by_week(seen.counted), seen.categories),
        months=_counts(by_month(seen.counted), seen.categories),
        clusters=[
            schemas.Cluster(
                category_id=one.category_id,
                category=seen.categories[one.category_id].name,
                count=len(one.entries),
                begins=one.entries[0].at,
                ends=one.entries[-1].at,
                incident_ids=[entry.incident_id for entry in one.entries],
            )
            for one in found
        ],
        marks=[
            schemas.MarkOverTime(
                at=at,
                incident_number=number,
                **schemas.MarkKept.model_validate(mark, from_attributes=True).model_dump(),
            )
            for at, number, mark in seen.marks
        ],
    )


@router.get("/looked-at")
async def looked_at(
    request: Request,
    staff: Annotated[Staff, Depends(may("pupil:looked-at"))],
    pupil_id: UUID,
    begin: Annotated[str | None, Query(alias="cursor", max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> schemas.Looks:
    async with database(request).begin(scope(staff)) as session:
        found = await service.who_looked(session, staff=staff, pupil_id=pupil_id, limit=limit, after=after(begin))
    page = found[:limit]
    return schemas.Looks(
        looks=[
            schemas.Look(
                id=row.id,
                at=row.at,
                actor=row.actor,
                staff_id=row.staff_id,
                action=row.action,
                about_kind=row.about_kind,
                about_id=row.about_id,
                reason=row.reason,
                elevated=row.elevated,
                break_glass_id=row.break_glass,
            )
            for row in page
        ],
        next=cursor(page[-1].at, page[-1].id) if len(found) > limit else None,
    )


def _event(event: Event) -> schemas.EventShown:
    now = event.versions[-1]
    return schemas.EventShown(
        incident_id=event.incident_id,
        number=event.number,
        happened_at=event.at,
        headline=now.headline,
        analysis=now.analysis,
        versions=[schemas.EventVersion.model_validate(one, from_attributes=True) for one in event.versions],
    )


def _counts(counted: Mapping[tuple[date, UUID], int], categories: Mapping[UUID, Category]) -> list[schemas.Count]:
    return [
        schemas.Count(begins=begins, category_id=kind, category=categories[kind].name, count=count)
        for (begins, kind), count in sorted(
            counted.items(), key=lambda one: (one[0][0], categories[one[0][1]].position, str(one[0][1]))
        )
    ]
