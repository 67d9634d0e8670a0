"""Alerts: the list, the reader, "see next", and what one says of an alert."""

import asyncio
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from services.gateway.pages.api import Refused
from services.gateway.pages.frame import page, to
from services.gateway.pages.my_heed import Cursor, alerts_of, desk_of, waiting
from services.gateway.pages.opened import Opened, by_alert
from services.gateway.pages.problems import PageRoute
from services.gateway.pages.visit import Visit, visits

router = APIRouter(include_in_schema=False, route_class=PageRoute)
Reader = Annotated[Visit, Depends(visits("alert:read"))]
Withdrawer = Annotated[Visit, Depends(visits("alert:withdraw"))]


@router.get("/alerts")
async def alerts(
    request: Request, visit: Reader, state: Literal["unread", "read", "open"] = "open", cursor: Cursor = None
) -> Response:
    listed = await visit.api.get("/alerts", state=state, cursor=cursor, limit=50)
    return page(request, "alerts.html", told=listed, state=state, waits=await waiting(visit))


@router.get("/alerts/next")
async def see_next(
    request: Request, visit: Reader, after: Annotated[UUID | None, Query(description="the one just looked at")] = None
) -> Response:
    """R82. After the last one it begins again with what was passed over; then nothing waits."""
    for place in (after, None):
        found = (await visit.api.get("/alerts/next", after=str(place) if place else None))["alert"]
        if found is not None:
            return to(request, f"/alerts/{found['id']}")
    return page(request, "alerts.html", told=await alerts_of(visit, "open"), state="next", waits=await waiting(visit))


@router.get("/alerts/{alert_id:uuid}")
async def open_alert(request: Request, visit: Reader, alert_id: UUID) -> Response:
    opened = await by_alert(visit, alert_id)
    return await read_page(request, visit, opened)


@router.post("/alerts/{alert_id:uuid}/{step}")
async def take_step(
    request: Request, visit: Reader, alert_id: UUID, step: Literal["read", "acknowledge", "done"]
) -> Response:
    await visit.api.post(f"/alerts/{alert_id}/{step}")
    return to(request, f"/alerts/{alert_id}")


@router.post("/alerts/{alert_id:uuid}/of-others/withdraw")
async def withdraw(request: Request, visit: Withdrawer, alert_id: UUID) -> Response:
    """Somebody else's alert; `back` is the incident from which it was done."""
    form = visit.form
    back = UUID(form.text("back")) if form.text("back") else None
    if not form.text("reason"):
        form.wrong("reason", "Write why: it stays on the record.")
    try:
        if not form.errors:
            await visit.api.post(f"/alerts/{alert_id}/withdraw", {"reason": form.text("reason")})
            return to(request, f"/incidents/{back}" if back else "/my")
    except Refused as problem:
        if problem.status != 422:
            raise
        form.take(problem)
    return page(request, "withdraw.html", form=form, alert_id=alert_id, back=back)


@router.get("/alerts/{alert_id:uuid}/of-others/withdraw")
async def withdraw_page(request: Request, visit: Withdrawer, alert_id: UUID, back: UUID | None = None) -> Response:
    return page(request, "withdraw.html", alert_id=alert_id, back=back)


async def read_page(request: Request, visit: Visit, opened: Opened) -> Response:
    """The concern as a document, with the list beside it for whoever sits here for hours."""
    (told, waits), alerted = await asyncio.gather(_beside(visit, opened), who_was_alerted(visit, opened))
    return page(request, "incidents/read.html", opened=opened, told=told, waits=waits, alerted=alerted)


async def _beside(visit: Visit, opened: Opened) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """The list and the figures, where an alert was opened; the list for whoever reads widely."""
    if not opened.alert:
        return None, None
    return await desk_of(visit) if visit.wide else (None, await waiting(visit))


async def who_was_alerted(visit: Visit, opened: Opened) -> dict[str, Any] | None:
    """For the DSL team with elevated access; None for everybody else, and while alerting has not heard of it."""
    if not (opened.concern and visit.may("alert:withdraw") and visit.elevated):
        return None
    try:
        found: dict[str, Any] = await visit.api.get(f"/incidents/{opened.concern['id']}/alerts")
    except Refused as problem:
        if problem.status not in {404, 503}:
            raise
        return None
    return found
