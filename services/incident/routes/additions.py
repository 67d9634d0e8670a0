"""What is added to an incident: actions and addenda."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from services.incident import schemas, service
from services.incident.routes.changing import change
from services.incident.routes.within import IfMatch, database, etag, reader, scope, version_of
from shared.identity import Staff, may

router = APIRouter(prefix="/incidents/{incident_id}", tags=["incidents"])


@router.post("/actions", status_code=201)
async def add_action(
    *,
    request: Request,
    response: Response,
    staff: Annotated[Staff, Depends(may("action:add"))],
    incident_id: UUID,
    body: schemas.NewAction,
    if_match: IfMatch = None,
) -> schemas.Added:
    who = await reader(request, staff)
    async with change(request, who, incident_id, version_of(if_match)) as session:
        action_id, version = await service.add_action(
            session,
            who=who,
            incident_id=incident_id,
            text=body.text,
            pupil_ids=body.pupil_ids,
            tell_author=body.tell_author,
            owed=body.owed(),
            version=version_of(if_match),
        )
    response.headers.update(etag(version))
    return schemas.Added(id=action_id)


@router.post("/addenda", status_code=201)
async def add_addendum(
    request: Request,
    staff: Annotated[Staff, Depends(may("addendum:add"))],
    incident_id: UUID,
    body: schemas.NewAddendum,
) -> schemas.Added:
    async with database(request).begin(scope(staff)) as session:
        # No ETag: an author is not told how often an incident has changed since.
        addendum_id, _ = await service.add_addendum(
            session, acting_staff=staff, incident_id=incident_id, text=body.text
        )
    return schemas.Added(id=addendum_id)
