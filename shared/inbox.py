"""The inbox: an event that comes twice has its effect once."""

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Column, DateTime, MetaData, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db import Database, Scope

KEPT_DAYS: Final = 30
"""Longer than any bus keeps a message that was read, so that none comes back after it was forgotten here."""

PRUNED_AT_ONCE: Final = 5_000

inbox: Final = Table(
    "inbox",
    MetaData(),
    Column("consumer", Text, primary_key=True),
    Column("event_id", Uuid, primary_key=True),
    Column("school_id", Uuid, nullable=False),
    Column("taken_at", DateTime(timezone=True), nullable=False),
)


# Put together once: to build such a statement costs more than to run it, and every event runs it.
_TAKE: Final = insert(inbox).on_conflict_do_nothing().returning(inbox.c.event_id)


async def first_time(session: AsyncSession, consumer: str, event_id: UUID, school_id: UUID) -> bool:
    """Whether this consumer takes this event for the first time; noted in the same transaction as the effect."""
    row = {"consumer": consumer, "event_id": event_id, "school_id": school_id, "taken_at": datetime.now(UTC)}
    return (await session.execute(_TAKE, row)).first() is not None


async def prune(worker_db: Database) -> int:
    """Forget what was taken, and replayed, more than KEPT_DAYS ago; in small transactions. Returns how many."""
    before = datetime.now(UTC) - timedelta(days=KEPT_DAYS)
    total = 0
    for statement in (_FORGET_TAKEN, _FORGET_REPLAYED):
        gone = PRUNED_AT_ONCE
        while gone == PRUNED_AT_ONCE:
            async with worker_db.begin(Scope()) as session:
                rows = await session.execute(statement, {"before": before, "limit": PRUNED_AT_ONCE})
                gone = len(rows.all())
            total += gone
    return total


_FORGET_TAKEN: Final = text(
    "DELETE FROM inbox WHERE ctid = ANY(ARRAY("
    "SELECT ctid FROM inbox WHERE taken_at < :before LIMIT :limit)) RETURNING 1"
)
_FORGET_REPLAYED: Final = text(
    "DELETE FROM parked_event WHERE id = ANY(ARRAY("
    "SELECT id FROM parked_event WHERE replayed_at < :before LIMIT :limit)) RETURNING 1"
)
