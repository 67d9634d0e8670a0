"""Incidents: log, read, list, correct, close, reopen."""

from collections import defaultdict
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel

from services.incident import schemas, service, views
from services.incident.queries.incidents import Child, category_names
from services.incident.queries.record import current_categories
from services.incident.routes.changing import change
from services.incident.routes.within import IfMatch, after, cursor, database, etag, reader, scope, version_of
from shared.faults import fault
from shared.identity import Staff, may

router = APIRouter(prefix="/incidents", tags=["incidents"])

Key = Annotated[str, Header(alias="Idempotency-Key", min_length=8, max_length=128, pattern=r"^[\x21-\x7e]+$")]


@router.post("", status_code=201, response_model=schemas.Logged)
async def log(
    request: Request, staff: Annotated[Staff, Depends(may("incident:log"))], body: schemas.LogConcern, key: Key
) -> Response:
    async with database(request).begin(scope(staff)) as session:
        logged = await service.log_incident(
            session, acting_staff=staff, concern=body.concern(), idempotency_key=key, draft_id=body.draft_id
        )
        fault("incident.before_commit")
    fault("incident.after_commit")
    answer = schemas.Logged(id=logged.id, number=logged.number, logged_at=logged.logged_at)
    return _json(answer, status=201, headers={"Location": f"/incidents/{logged.id}"})


@router.get("", response_model=schemas.OwnLines)
async def mine(
    request: Request,
    staff: Annotated[Staff, Depends(may("incident:own"))],
    begin: Annotated[str | None, Query(alias="cursor", max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> schemas.OwnLines:
    who = await reader(request, staff)
    async with database(request).begin(scope(staff)) as session:
        found = await service.own_incidents(session, who=who, limit=limit, after=after(begin))
    page = [
        schemas.OwnLine(
            id=line.incident.id, number=line.number, logged_at=line.incident.logged_at, narrative=line.narrative
        )
        for line in found[:limit]
    ]
    more = cursor(page[-1].logged_at, page[-1].id) if len(found) > limit else None
    return schemas.OwnLines(incidents=page, next=more)


@router.post("/summaries", response_model=schemas.Summaries)
async def summarise(
    request: Request, staff: Annotated[Staff, Depends(may("incident:read"))], body: schemas.SummariesWanted
) -> schemas.Summaries:
    who = await reader(request, staff, *body.vouchers)
    async with database(request).begin(scope(staff)) as session:
        found, linked = await service.summaries(session, who=who, incident_ids=body.ids)
        categories = await category_names(session, staff.school_id)
        chosen = await current_categories(session, staff.school_id, [line.incident.id for line in found])
    children: dict[UUID, list[Child]] = defaultdict(list)
    for child in linked:
        children[child.link.incident_id].append(child)
    return schemas.Summaries(
        summaries=[
            views.summary(line, children[line.incident.id], chosen.get(line.incident.id, ()), categories)
            for line in found
        ]
    )


@router.get("/{incident_id}", response_model=schemas.WholeIncident | schemas.OwnWords)
async def read(request: Request, staff: Annotated[Staff, Depends(may("incident:read"))], incident_id: UUID) -> Response:
    who = await reader(request, staff)
    async with database(request).begin(scope(staff)) as session:
        found, record = await service.open_incident(session, who=who, incident_id=incident_id)
        categories = await category_names(session, staff.school_id)
    shown = views.shown(found, record, categories)
    shown.break_glass = staff.break_glass is not None
    return _json(shown, headers=etag(found.incident.version) if found.whole else {})


@router.post("/{incident_id}/corrections", response_model=schemas.Added)
async def correct(
    request: Request,
    staff: Annotated[Staff, Depends(may("incident:correct"))],
    incident_id: UUID,
    body: schemas.CorrectConcern,
    if_match: IfMatch = None,
) -> Response:
    who = await reader(request, staff)
    async with change(request, who, incident_id, version_of(if_match)) as session:
        version = await service.correct_incident(
            session,
            who=who,
            incident_id=incident_id,
            concern=body.concern(),
            reason=body.reason,
            version=version_of(if_match),
        )
    return _json(schemas.Added(id=incident_id), headers=etag(version))


@router.post("/{incident_id}/close", response_model=schemas.State)
async def close(
    request: Request,
    staff: Annotated[Staff, Depends(may("incident:close"))],
    incident_id: UUID,
    body: schemas.Reason,
    if_match: IfMatch = None,
) -> Response:
    who = await reader(request, staff)
    async with change(request, who, incident_id, version_of(if_match)) as session:
        version = await service.close_incident(
            session, who=who, incident_id=incident_id, reason=body.reason, version=version_of(if_match)
        )
    return _json(schemas.State(id=incident_id, state="closed"), headers=etag(version))


@router.post("/{incident_id}/reopen", response_model=schemas.State)
async def reopen(
    request: Request,
    staff: Annotated[Staff, Depends(may("incident:close"))],
    incident_id: UUID,
    body: schemas.Reason,
    if_match: IfMatch = None,
) -> Response:
    who = await reader(request, staff)
    async with change(request, who, incident_id, version_of(if_match)) as session:
        version = await service.reopen_incident(
            session, who=who, incident_id=incident_id, reason=body.reason, version=version_of(if_match)
        )
    return _json(schemas.State(id=incident_id, state="open"), headers=etag(version))


def _json(answer: BaseModel, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(answer.model_dump_json(), status_code=status, headers=headers, media_type="application/json")
