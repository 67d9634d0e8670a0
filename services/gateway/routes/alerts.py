"""Alerts: what one has been told of."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from services.gateway import composing
from services.gateway.asking import asks
from services.gateway.calls import Caller
from services.gateway.openapi import BASE
from services.gateway.routes.documented import gives
from services.gateway.schemas import alerts as schemas

router = APIRouter(prefix=f"{BASE}/alerts", tags=["Alerts"])
Reader = Annotated[Caller, Depends(asks("alert:read"))]


@router.get("", responses=gives(schemas.Alerts, "Your alerts in the order of `see next`."))
async def list_alerts(
    request: Request,
    caller: Reader,
    state: Annotated[
        Literal["unread", "read", "open"], Query(description="not read yet; read and not done yet; or both")
    ] = "open",
    cursor: Annotated[str | None, Query(max_length=200, description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=100, description="how many at most")] = 20,
) -> Response:
    """Your alerts, each with the first line of the concern it is about."""
    return await composing.alerts(request, caller, {"state": state, "cursor": cursor, "limit": limit})


@router.get("/next", responses=gives(schemas.NextAlert, "The alert to look at next, if there is one."))
async def see_next(
    request: Request,
    caller: Reader,
    after: Annotated[UUID | None, Query(description="the alert you have just looked at")] = None,
) -> Response:
    """See next: the next alert that waits for you."""
    return await composing.next_alert(request, caller, after)


@router.get("/waiting", responses=gives(schemas.Waiting, "How much waits for you."))
async def how_much_waits(caller: Reader) -> Response:
    """How many alerts and duties wait for you: figures alone. What a page may ask every second."""
    return await caller.forward("alerting", "GET", "/alerts/waiting")


@router.get("/desk", responses=gives(schemas.Desk, "What is new, what is not done yet, and how much waits for you."))
async def desk(
    request: Request,
    caller: Reader,
    limit: Annotated[int, Query(ge=1, le=50, description="how many of the unread at most")] = 50,
    read: Annotated[int, Query(ge=1, le=50, description="how many of those you have read at most")] = 10,
) -> Response:
    """Where you begin: the alerts you have not read, those you have read and not done, and the figures, at one moment.

    Each in the order of `see next`. The rest of a list is in `/alerts`, from its `next` on.
    """
    return await composing.desk(request, caller, {"limit": limit, "read": read})


@router.get("/{alert_id}", responses=gives(schemas.OpenedAlert, "The alert and the concern it is about."))
async def open_alert(request: Request, caller: Reader, alert_id: UUID) -> Response:
    """Open an alert: why you were told, and the whole concern with its actions."""
    return await composing.alert(request, caller, alert_id)


@router.post("/{alert_id}/read", responses=gives(schemas.AlertState, "Marked as read."))
async def mark_read(caller: Reader, alert_id: UUID) -> Response:
    """Mark an alert as read. You keep the right to read the concern."""
    return await caller.forward("alerting", "POST", f"/alerts/{alert_id}/read")


@router.post("/{alert_id}/acknowledge", responses=gives(schemas.AlertState, "Acknowledged."))
async def acknowledge(caller: Reader, alert_id: UUID) -> Response:
    """Say that you have taken this up."""
    return await caller.forward("alerting", "POST", f"/alerts/{alert_id}/acknowledge")


@router.post("/{alert_id}/done", responses=gives(schemas.AlertState, "Done."))
async def done(caller: Reader, alert_id: UUID) -> Response:
    """Say that what you had to do here is done."""
    return await caller.forward("alerting", "POST", f"/alerts/{alert_id}/done")
