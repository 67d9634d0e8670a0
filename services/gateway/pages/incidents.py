"""An incident on its page: a document for whoever may read it, their own words for whoever wrote it."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from services.gateway.pages.alerts import read_page
from services.gateway.pages.api import Refused
from services.gateway.pages.frame import page, to
from services.gateway.pages.opened import Opened, by_itself
from services.gateway.pages.problems import PageRoute
from services.gateway.pages.visit import Visit, visits

router = APIRouter(include_in_schema=False, route_class=PageRoute)
Reader = Annotated[Visit, Depends(visits("incident:read"))]


@router.get("/incidents/by-number")
async def by_number(
    request: Request, visit: Reader, number: Annotated[str, Query(max_length=30, description="as people say it")] = ""
) -> Response:
    """R74: somebody says a number, and the DSL team finds what it is."""
    said = number.strip().removeprefix("#")
    found = await visit.api.get(f"/incidents/by-number/{int(said) if said.isdecimal() else 0}")
    return to(request, f"/incidents/{found['id']}")


@router.get("/incidents/{incident_id:uuid}")
async def read(request: Request, visit: Reader, incident_id: UUID) -> Response:
    opened = await by_itself(visit, incident_id)
    if opened.whole:
        return await read_page(request, visit, opened)
    return await _own_page(request, visit, opened)


@router.post("/incidents/{incident_id:uuid}/seen")
async def seen(
    request: Request, visit: Annotated[Visit, Depends(visits("incident:own"))], incident_id: UUID
) -> Response:
    """The writer has read what was added for them."""
    for notice in await _unseen(visit, incident_id):
        await visit.api.post(f"/me/notices/{notice['id']}/seen")
    return to(request, f"/incidents/{incident_id}")


async def _own_page(request: Request, visit: Visit, opened: Opened) -> Response:
    """R28: their own words, whether they were read, and what somebody chose to tell them; nothing else."""
    incident_id = opened.seen["id"]
    detail, told = await asyncio.gather(
        visit.api.get(f"/incidents/{incident_id}/told-detail"), _told(visit, incident_id)
    )
    read = bool(told and told["first_read_at"])
    return page(
        request,
        "incidents/own.html",
        opened=opened,
        told=told,
        escalates_at=None if read else await _escalates_at(visit, incident_id),
        detail=detail["actions"],
        unseen=await _unseen(visit, UUID(incident_id)) if detail["actions"] else [],
    )


async def _told(visit: Visit, incident_id: str) -> dict[str, Any] | None:
    """How many were told and when it was first read; None until alerting has heard of it."""
    try:
        told: dict[str, Any] = await visit.api.get(f"/incidents/{incident_id}/told")
    except Refused as problem:
        if problem.status not in {404, 503}:
            raise
        return None
    return told


async def _escalates_at(visit: Visit, incident_id: str) -> str | None:
    """When the next in line is told, which the writer's own list says of what nobody has read."""
    listed = (await visit.api.get("/incidents", limit=100))["incidents"]
    return next((one["escalates_at"] for one in listed if one["id"] == incident_id), None)


async def _unseen(visit: Visit, incident_id: UUID) -> list[dict[str, Any]]:
    listed = (await visit.api.get("/me/notices", limit=100))["notices"]
    return [one for one in listed if one["incident_id"] == str(incident_id) and one["seen_at"] is None]
