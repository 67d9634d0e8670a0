"""What a school's own systems are told: rows of the transaction whose fact they tell. Ids and nothing else."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.alerting.models import WebhookDelivery
from services.alerting.queries.webhooks import listening
from shared.contracts.events import Event
from shared.ids import new_id

Fact = tuple[str, Mapping[str, Any]]
"""What kind of thing happened, and the ids of what it is about."""

_IDS: Final = frozenset({"alert_id", "incident_id", "staff_id", "from_staff_id", "to_staff_id"})


async def feed(session: AsyncSession, school_id: UUID, facts: Sequence[Fact]) -> None:
    """Put these before each webhook of the school that is to be told of them."""
    there = await listening(session, school_id, {kind for kind, _ in facts})
    rows = [
        delivery(school_id, webhook_id, kind, data)
        for webhook_id, kinds in there
        for kind, data in facts
        if kind in kinds
    ]
    if rows:
        await session.execute(insert(WebhookDelivery), rows)


async def feed_events(session: AsyncSession, school_id: UUID, events: Sequence[Event]) -> None:
    """Events of ours under the names they have out there. Why somebody was told stays in the house."""
    await feed(session, school_id, [(_kind(event), _ids(event)) for event in events])


def delivery(school_id: UUID, webhook_id: UUID, kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "school_id": school_id,
        "id": new_id(),
        "webhook_id": webhook_id,
        "type": kind,
        "data": {"school_id": str(school_id), **{name: str(value) for name, value in data.items()}},
        "state": "waiting",
        "made_at": datetime.now(UTC),
    }


def _kind(event: Event) -> str:
    return event.TYPE.removeprefix("heed.").removesuffix(".v1")


def _ids(event: Event) -> dict[str, Any]:
    return event.model_dump(include=set(_IDS))
