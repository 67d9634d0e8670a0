"""A school's own systems that are told by HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from services.gateway.asking import asks
from services.gateway.calls import Caller
from services.gateway.openapi import BASE
from services.gateway.routes.documented import gives, gives_nothing
from services.gateway.schemas import webhooks as schemas

router = APIRouter(prefix=f"{BASE}/webhooks", tags=["Settings"])
Writer = Annotated[Caller, Depends(asks("webhook:write"))]


@router.get("", responses=gives(schemas.Webhooks, "Your school's webhooks."))
async def webhooks(caller: Writer) -> Response:
    """Which systems of your school are told of what. For the head and the lead DSL, with elevated access."""
    return await caller.forward("alerting", "GET", "/webhooks")


@router.post("", status_code=201, responses=gives(schemas.WebhookMade, "It is told from now on.", status=201))
async def add(caller: Writer, body: schemas.NewWebhook) -> Response:
    """Have a system of your school told that something happened: ids and times, signed, never a name or a word.

    The secret is shown this once.
    """
    return await caller.forward("alerting", "POST", "/webhooks", body=body)


@router.post(
    "/{webhook_id}/test", status_code=202, responses=gives(schemas.TriedWebhook, "It is on its way.", status=202)
)
async def test(caller: Writer, webhook_id: UUID) -> Response:
    """Send it something that says nothing, to see whether it is taken."""
    return await caller.forward("alerting", "POST", f"/webhooks/{webhook_id}/test")


@router.post("/{webhook_id}/off", status_code=204, responses=gives_nothing("Nothing is sent there any more."))
async def switch_off(caller: Writer, webhook_id: UUID) -> Response:
    """Send it nothing any more. What waits is kept for when it is switched on."""
    return await caller.forward("alerting", "POST", f"/webhooks/{webhook_id}/off")


@router.post("/{webhook_id}/on", status_code=204, responses=gives_nothing("It is told again."))
async def switch_on(caller: Writer, webhook_id: UUID) -> Response:
    """Tell it again, and first of what was kept meanwhile."""
    return await caller.forward("alerting", "POST", f"/webhooks/{webhook_id}/on")


@router.get("/{webhook_id}/deliveries", responses=gives(schemas.Deliveries, "What it was sent, the newest first."))
async def deliveries(
    caller: Writer,
    webhook_id: UUID,
    limit: Annotated[int, Query(ge=1, le=100, description="how many at most")] = 50,
) -> Response:
    """What it was sent, how often it was tried, and why it was not taken."""
    return await caller.forward("alerting", "GET", f"/webhooks/{webhook_id}/deliveries", params={"limit": limit})
