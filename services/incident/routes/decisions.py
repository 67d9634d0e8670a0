"""What follows an incident beside actions: review, decisions, consent; by its number; what its author is told."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import JSONResponse

from services.incident import schemas, service, views
from services.incident.queries.incidents import category_names
from services.incident.routes.changing import change
from services.incident.routes.within import IfMatch, database, etag, reader, scope, version_of
from shared.identity import Staff, may

router = APIRouter(prefix="/incidents", tags=["incidents"])

Number = Annotated[int, Path(ge=1, lt=2**63)]


@router.get("/by-number/{number}", response_model=schemas.WholeIncident | schemas.OwnWords)
async def read_by_number(
    request: Request, staff: Annotated[Staff, Depends(may("incident:read"))], number: Number
) -> Response:
    who = await reader(request, staff)
    async with database(request).begin(scope(staff)) as session:
        found, record = await service.open_by_number(session, who=who, number=number)
        categories = await category_names(session, staff.school_id)
    headers = etag(found.incident.version) if found.whole else {}
    return JSONResponse(views.shown(found, record, categories).model_dump(mode="json"), headers=headers)


@router.get("/{incident_id}/told-detail")
async def told_detail(
    request: Request, staff: Annotated[Staff, Depends(may("incident:own"))], incident_id: UUID
) -> schemas.ToldDetail:
    who = await reader(request, staff)
    async with database(request).begin(scope(staff)) as session:
        told = await service.told_detail(session, who=who, incident_id=incident_id)
    return schemas.ToldDetail(actions=[schemas.ToldAction(text=one.text, at=one.created_at) for one in told])


@router.post("/{incident_id}/review")
async def review(
    *,
    request: Request,
    response: Response,
    staff: Annotated[Staff, Depends(may("incident:close"))],
    incident_id: UUID,
    body: schemas.Reason,
    if_match: IfMatch = None,
) -> schemas.State:
    who = await reader(request, staff)
    async with change(request, who, incident_id, version_of(if_match)) as session:
        version = await service.review_incident(
            session, who=who, incident_id=incident_id, reason=body.reason, version=version_of(if_match)
        )
    response.headers.update(etag(version))
    return schemas.State(id=incident_id, state="under_review")


@router.post("/{incident_id}/decisions", status_code=201)
async def record_decision(
    *,
    request: Request,
    response: Response,
    staff: Annotated[Staff, Depends(may("decision:record"))],
    incident_id: UUID,
    body: schemas.NewDecision,
    if_match: IfMatch = None,
) -> schemas.Added:
    who = await reader(request, staff)
    async with change(request, who, incident_id, version_of(if_match)) as session:
        decision_id, version = await service.record_decision(
            session, who=who, incident_id=incident_id, decided=body.decided(), version=version_of(if_match)
        )
    response.headers.update(etag(version))
    return schemas.Added(id=decision_id)


@router.post("/{incident_id}/consents", status_code=201)
async def record_consent(
    *,
    request: Request,
    response: Response,
    staff: Annotated[Staff, Depends(may("consent:record"))],
    incident_id: UUID,
    body: schemas.NewConsent,
    if_match: IfMatch = None,
) -> schemas.Added:
    who = await reader(request, staff)
    async with change(request, who, incident_id, version_of(if_match)) as session:
        version = await service.record_consent(
            session, who=who, incident_id=incident_id, asked=body.asked(), version=version_of(if_match)
        )
    response.headers.update(etag(version))
    return schemas.Added(id=incident_id)
