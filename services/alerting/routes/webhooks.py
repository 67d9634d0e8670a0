"""A school's own systems that are told by HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from services.alerting import webhook_schemas as schemas
from services.alerting.models import WebhookDelivery
from services.alerting.queries import webhooks as queries
from services.alerting.routes.within import database, scope
from services.alerting.service import webhooks as service
from shared.errors import NotFound
from shared.identity import Staff, may
from shared.settings import HouseSettings

router = APIRouter(prefix="/webhooks", tags=["webhooks"])
Writer = Annotated[Staff, Depends(may("webhook:write"))]


@router.get("")
async def webhooks(request: Request, staff: Writer) -> schemas.WebhooksShown:
    async with database(request).begin(scope(staff)) as session:
        found = await queries.webhooks_of(session, staff)
    return schemas.WebhooksShown(
        webhooks=[schemas.WebhookShown.model_validate(one, from_attributes=True) for one in found]
    )


@router.post("", status_code=201)
async def add(request: Request, staff: Writer, body: schemas.NewWebhook) -> schemas.WebhookMade:
    settings: HouseSettings = request.app.state.settings
    async with database(request).begin(scope(staff)) as session:
        made, secret = await service.add_webhook(
            session,
            acting_staff=staff,
            url=body.url,
            events=body.events,
            key_secret=settings.key_secret,
            anywhere=settings.webhooks_may_go_anywhere,
        )
    shown = schemas.WebhookShown.model_validate(made, from_attributes=True)
    return schemas.WebhookMade(**shown.model_dump(), secret=secret)


@router.post("/{webhook_id}/test", status_code=202)
async def test(request: Request, staff: Writer, webhook_id: UUID) -> schemas.Tried:
    async with database(request).begin(scope(staff)) as session:
        delivery_id = await service.try_webhook(session, acting_staff=staff, webhook_id=webhook_id)
    return schemas.Tried(delivery_id=delivery_id)


@router.post("/{webhook_id}/off", status_code=204)
async def switch_off(request: Request, staff: Writer, webhook_id: UUID) -> None:
    async with database(request).begin(scope(staff)) as session:
        await service.switch_off(session, acting_staff=staff, webhook_id=webhook_id)


@router.post("/{webhook_id}/on", status_code=204)
async def switch_on(request: Request, staff: Writer, webhook_id: UUID) -> None:
    async with database(request).begin(scope(staff)) as session:
        await service.switch_on(session, acting_staff=staff, webhook_id=webhook_id)


@router.get("/{webhook_id}/deliveries")
async def deliveries(
    request: Request, staff: Writer, webhook_id: UUID, limit: Annotated[int, Query(ge=1, le=100)] = 50
) -> schemas.DeliveriesShown:
    async with database(request).begin(scope(staff)) as session:
        if await queries.one(session, staff, webhook_id) is None:
            raise NotFound()
        found = await queries.deliveries_of(session, staff, webhook_id, limit)
    return schemas.DeliveriesShown(deliveries=[_shown(one) for one in found])


def _shown(one: WebhookDelivery) -> schemas.DeliveryShown:
    given = {name: getattr(one, name) for name in schemas.DeliveryShown.model_fields}
    # When it was sent or parked there is no next one.
    given["next_try_at"] = one.next_try_at if one.state == "waiting" else None
    return schemas.DeliveryShown(**given)
