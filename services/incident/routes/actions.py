"""Actions that are somebody's to do: done, and in a list."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from services.incident import following, schemas, service
from services.incident.routes.changing import change
from services.incident.routes.within import IfMatch, after, cursor, database, etag, reader, scope, version_of
from shared.identity import Staff, may

router = APIRouter(tags=["actions"])

Begin = Annotated[str | None, Query(alias="cursor", max_length=200)]
Limit = Annotated[int, Query(ge=1, le=100)]
Open = Annotated[bool, Query(alias="open", description="only what is not done yet")]


@router.post("/incidents/{incident_id}/actions/{action_id}/done")
async def done(
    *,
    request: Request,
    response: Response,
    staff: Annotated[Staff, Depends(may("action:done"))],
    incident_id: UUID,
    action_id: UUID,
    body: schemas.Note,
    if_match: IfMatch = None,
) -> schemas.Added:
    who = await reader(request, staff)
    async with change(request, who, incident_id, version_of(if_match)) as session:
        version = await service.finish_action(
            session,
            who=who,
            incident_id=incident_id,
            action_id=action_id,
            note=body.note,
            version=version_of(if_match),
        )
    if version is not None:
        response.headers.update(etag(version))
    return schemas.Added(id=action_id)


@router.get("/actions/mine")
async def mine(
    *,
    request: Request,
    staff: Annotated[Staff, Depends(may("action:own"))],
    only_open: Open = True,
    begin: Begin = None,
    limit: Limit = 20,
) -> schemas.ActionLines:
    who = await reader(request, staff)
    async with database(request).begin(scope(staff)) as session:
        listed = await service.own_actions(session, who=who, only_open=only_open, limit=limit, after=after(begin))
    return _page(listed, limit)


@router.get("/actions")
async def of_the_school(
    *,
    request: Request,
    staff: Annotated[Staff, Depends(may("action:list"))],
    only_open: Open = True,
    begin: Begin = None,
    limit: Limit = 20,
) -> schemas.ActionLines:
    who = await reader(request, staff)
    async with database(request).begin(scope(staff)) as session:
        listed = await service.school_actions(session, who=who, only_open=only_open, limit=limit, after=after(begin))
    return _page(listed, limit)


def _page(listed: service.Listed, limit: int) -> schemas.ActionLines:
    found, about = listed
    page = found[:limit]
    return schemas.ActionLines(
        actions=[following.action_line(line, about.get(line.action.id, ())) for line in page],
        next=cursor(*page[-1].place) if len(found) > limit else None,
    )
