from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.alerting.domain.webhooks import LONGEST_URL, Kind
from shared.schemas import Body, Text

if TYPE_CHECKING:
    Url = str
else:
    Url = Text(LONGEST_URL)


class NewWebhook(Body):
    url: Url
    events: Annotated[list[Kind], Field(min_length=1, max_length=20)]


class WebhookShown(BaseModel):
    id: UUID
    url: str
    events: list[str]
    made_by_id: UUID
    made_at: datetime
    failures: int
    off_at: datetime | None
    off_because: str | None


class WebhookMade(WebhookShown):
    secret: str
    """Shown this once."""


class WebhooksShown(BaseModel):
    webhooks: list[WebhookShown]


class Tried(BaseModel):
    delivery_id: UUID


class DeliveryShown(BaseModel):
    id: UUID
    type: str
    state: str
    attempts: int
    made_at: datetime
    next_try_at: datetime | None
    sent_at: datetime | None
    error: str | None


class DeliveriesShown(BaseModel):
    deliveries: list[DeliveryShown]
