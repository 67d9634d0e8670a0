"""For authors: that what they wrote was read, and that something was added for them; nothing of what followed (R28)."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from services.alerting import schemas, service
from services.alerting.queries import alerts as queries
from services.alerting.queries.notices import followed, own_notices
from services.alerting.routes.within import database, scope
from shared.errors import NotFound
from shared.identity import Staff, may

router = APIRouter(tags=["notices"])
Author = Annotated[Staff, Depends(may("incident:own"))]


@router.get("/told")
async def told(
    request: Request, staff: Annotated[Staff, Depends(may("incident:read"))], incident_id: UUID
) -> schemas.WhoAnswersShown:
    """For the author: that it was read, and who answers for it first; nothing of what followed (R28)."""
    async with database(request).begin(scope(staff)) as session:
        found = await queries.told_of(session, staff, incident_id)
    if found is None:
        raise NotFound()
    return schemas.WhoAnswersShown(
        incident_id=incident_id,
        told=found.told,
        first_read_at=found.first_read_at,
        first_told_id=found.first_told_id,
    )


@router.post("/told")
async def told_of_several(request: Request, staff: Author, body: schemas.Incidents) -> schemas.FollowedAll:
    """Of each of these that the person wrote, or has an alert of. The others are left out, as if there were none."""
    async with database(request).begin(scope(staff)) as session:
        found = await followed(session, staff, body.incident_ids)
    shown = [
        schemas.FollowedShown(incident_id=incident_id, **asdict(one)) for incident_id, one in sorted(found.items())
    ]
    return schemas.FollowedAll(incidents=shown)


@router.get("/notices")
async def notices(
    request: Request,
    staff: Author,
    before: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> schemas.NoticesShown:
    async with database(request).begin(scope(staff)) as session:
        found = await own_notices(session, staff, limit=limit + 1, before=before)
    page = [schemas.NoticeShown.model_validate(one, from_attributes=True) for one in found[:limit]]
    return schemas.NoticesShown(notices=page, next=page[-1].id if len(found) > limit else None)


@router.post("/notices/{notice_id}/seen", status_code=204)
async def seen(request: Request, staff: Author, notice_id: UUID) -> None:
    async with database(request).begin(scope(staff)) as session:
        await service.see_notice(session, acting_staff=staff, notice_id=notice_id, at=datetime.now(UTC))
