"""The outbox: an event is a row of the transaction whose fact it tells, and the relay carries it to the bus."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Column, DateTime, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.envelope import Envelope, to_headers
from shared.contracts.events import Event
from shared.contracts.registry import encode
from shared.db import TRUST_LOG
from shared.ids import new_id
from shared.rows import write_rows
from shared.tracing import current_traceparent

# The order (seq) is the database's to give and the relay's to read: the app may write an event and not read it back.
outbox: Final = Table(
    "outbox",
    MetaData(),
    Column("event_id", Uuid, nullable=False),
    Column("school_id", Uuid, nullable=False),
    Column("topic", Text, nullable=False),
    Column("key", Uuid, nullable=False),
    Column("headers", JSONB, nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
)


async def publish(session: AsyncSession, event: Event, *, school_id: UUID | None, version: int) -> UUID:
    """Put an event into the outbox of the caller's transaction; returns the event's id.

    The aggregate's row must be locked before (inserted, or its version updated), for it is that lock which keeps the
    events of one aggregate in order. `version` is the aggregate's version after the change.
    """
    made = row(event, school_id=school_id, version=version)
    await _put(session, [made])
    event_id: UUID = made["event_id"]
    return event_id


async def publish_all(session: AsyncSession, events: Sequence[tuple[int, Event]], *, school_id: UUID | None) -> None:
    """Several events in their order, each with its aggregate's version after it, in one question to the database."""
    await _put(session, [row(event, school_id=school_id, version=version) for version, event in events])


def row(event: Event, *, school_id: UUID | None, version: int) -> dict[str, Any]:
    """The row that `publish` writes, for who writes it together with others; `wake_after` belongs to it."""
    now = datetime.now(UTC)
    envelope = Envelope(
        id=new_id(),
        type=event.TYPE,
        source=event.source(),
        time=now,
        subject=event.key,
        school_id=school_id,
        version=version,
        traceparent=current_traceparent(),
    )
    return {
        "event_id": envelope.id,
        "school_id": school_id or TRUST_LOG,
        "topic": event.TOPIC,
        "key": event.key,
        "headers": [[name, value.decode()] for name, value in to_headers(envelope)],
        "body": encode(event).decode(),
        "created_at": now,
    }


async def _put(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        await write_rows(session, [(outbox, row) for row in rows])
        wake_after(session)


def wake_after(session: AsyncSession) -> None:
    """The relay is woken when this transaction has committed."""
    session.info["published"] = True
