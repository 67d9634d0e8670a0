"""A school's own systems that are told by HTTP."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.gateway.schemas import ADDED, LOGGED, OKAFOR, READ, Answer, example
from shared.schemas import Body, Text

if TYPE_CHECKING:
    Url = str
else:
    Url = Text(500)

HOOK = UUID("01937b5e-2a10-7c11-9a1e-5d2f6a0b1d41")
SENT = UUID("01937b5e-2a10-7c11-9a1e-5d2f6a0b1d51")
Kind = Literal[
    "alert.raised",
    "alert.read",
    "alert.acknowledged",
    "alert.done",
    "alert.withdrawn",
    "alert.escalated",
    "duty.given",
    "duty.overdue",
    "duty.done",
]
MADE = {
    "id": HOOK,
    "url": "https://hooks.rivermead.example/heed",
    "events": ["alert.escalated", "alert.raised"],
    "made_by_id": OKAFOR,
    "made_at": LOGGED,
    "failures": 0,
    "off_at": None,
    "off_because": None,
}


class NewWebhook(Body):
    model_config = example(url="https://hooks.rivermead.example/heed", events=["alert.raised", "alert.escalated"])

    url: Url = Field(description="begins with https:// and lies in the public network")
    events: Annotated[list[Kind], Field(min_length=1, max_length=20)]


class Webhook(Answer):
    id: UUID
    url: str
    events: list[str]
    made_by_id: UUID
    made_at: datetime
    failures: int = Field(description="tries since it last took one")
    off_at: datetime | None
    off_because: Literal["by-hand", "failing", "gone"] | None = Field(
        description="somebody switched it off, it took nothing for three days, or it answered 410"
    )


class WebhookMade(Webhook):
    model_config = example(**MADE, secret="whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD")

    secret: str = Field(description="shown this once: with it the receiver checks the signature (Standard Webhooks)")


class Webhooks(Answer):
    model_config = example(webhooks=[MADE])

    webhooks: list[Webhook]


class TriedWebhook(Answer):
    model_config = example(delivery_id=SENT)

    delivery_id: UUID = Field(description="find it among the deliveries to see what became of it")


class Delivery(Answer):
    id: UUID = Field(description="the `webhook-id` it is sent with, the same at every try")
    type: str
    state: Literal["waiting", "sent", "parked"]
    attempts: int
    made_at: datetime
    next_try_at: datetime | None
    sent_at: datetime | None
    error: str | None = Field(description="why it was not taken, as a word: `timeout`, `status-500`, `certificate`")


class Deliveries(Answer):
    model_config = example(
        deliveries=[
            {
                "id": SENT,
                "type": "alert.raised",
                "state": "sent",
                "attempts": 1,
                "made_at": READ,
                "next_try_at": None,
                "sent_at": ADDED,
                "error": None,
            }
        ]
    )

    deliveries: list[Delivery]
