"""The inbox: an event that comes twice has its effect once."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Column, DateTime, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

inbox: Final = Table(
    "inbox",
    MetaData(),
    Column("consumer", Text, primary_key=True),
    Column("event_id", Uuid, primary_key=True),
    Column("school_id", Uuid, nullable=False),
    Column("taken_at", DateTime(timezone=True), nullable=False),
)


async def first_time(session: AsyncSession, consumer: str, event_id: UUID, school_id: UUID) -> bool:
    """Whether this consumer takes this event for the first time; noted in the same transaction as the effect."""
    taken = await session.execute(
        insert(inbox)
        .values(consumer=consumer, event_id=event_id, school_id=school_id, taken_at=datetime.now(UTC))
        .on_conflict_do_nothing()
        .returning(inbox.c.event_id)
    )
    return taken.first() is not None
