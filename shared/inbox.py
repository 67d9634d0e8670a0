"""The inbox: an event that comes twice has its effect once."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Column, DateTime, MetaData, Table, Text, Uuid, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db import Database, Scope, ask

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


_TAKE: Final = (
    "INSERT INTO inbox (consumer, event_id, school_id, taken_at) SELECT $1::text, id, $3::uuid, $4::timestamptz "
    "FROM unnest($2::uuid[]) AS id ON CONFLICT DO NOTHING RETURNING event_id"
)
# In one order, whoever takes which of them; and whoever takes several does not wait long for one.
_TAKE_ALL: Final = f"{_TAKE.replace('AS id', 'AS id ORDER BY id')}, set_config('lock_timeout', $5::text, true)"


async def first_time(session: AsyncSession, consumer: str, event_id: UUID, school_id: UUID) -> bool:
    """Whether this consumer takes this event for the first time; noted in the same transaction as the effect."""
    return bool(await ask(session, _TAKE, consumer, [event_id], school_id, datetime.now(UTC)))


async def first_times(
    session: AsyncSession, consumer: str, event_ids: Sequence[UUID], school_id: UUID, *, longest_wait: str
) -> set[UUID]:
    """Those of these events that this consumer takes for the first time.

    `longest_wait`: for any lock in this transaction, as PostgreSQL writes it ("1s").
    """
    found = await ask(session, _TAKE_ALL, consumer, event_ids, school_id, datetime.now(UTC), longest_wait)
    return {event_id for event_id, _ in found}


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
