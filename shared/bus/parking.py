"""Keys set aside: after an event that fails, the later ones of its key wait behind it, and all else flows on.

The tables lie in the consumer's own database and are the worker role's, for one key (a member of staff) may have events
of several schools. Whoever adds behind a key and whoever lets it go lock the key's row, so that no event overtakes.
"""

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus.api import Received
from shared.contracts.envelope import Envelope
from shared.db import TRUST_LOG, Database, Scope
from shared.ids import new_id


class PlaceTaken(Exception):  # noqa: N818 - a fact about a message
    """Another event waits under the same partition and offset: the bus was made anew. It has to be replayed first."""


@dataclass(frozen=True, slots=True)
class ParkedKey:
    consumer: str
    topic: str
    key: UUID
    reason: str
    since: datetime
    attempts: int
    events: int
    """How many wait, the failed one included."""


@dataclass(frozen=True, slots=True)
class ParkedEvent:
    id: UUID
    headers: tuple[tuple[str, bytes], ...]
    value: bytes


class Parking:
    """What a consumer knows of its parked keys. It may believe a key parked that is not any more, never the reverse."""

    def __init__(self, *, consumer: str, worker_db: Database) -> None:
        self._consumer = consumer
        self._db = worker_db
        self._held: set[tuple[str, UUID]] = set()
        self._wanted = 1
        self._known = 0
        self._asking = asyncio.Lock()

    def forget(self) -> None:
        """A partition came to us from another member, which may have parked keys: look again before the next event."""
        self._wanted += 1

    async def holds(self, topic: str, key: UUID) -> bool:
        if self._known != self._wanted:
            async with self._asking:
                await self._ask()
        return (topic, key) in self._held

    async def _ask(self) -> None:
        if self._known == self._wanted:
            return
        wanted = self._wanted
        async with self._db.begin(Scope()) as session:
            rows = await session.execute(_HELD, {"consumer": self._consumer})
        # Added, never replaced: a key parked while we asked is not in the answer.
        self._held |= {(row.topic, row.key) for row in rows}
        self._known = wanted

    async def park(self, message: Received, envelope: Envelope, *, reason: str, attempts: int) -> None:
        """Set the key aside with this event as the first that waits."""
        school = envelope.school_id or TRUST_LOG
        parked = {
            "consumer": self._consumer,
            "topic": message.topic,
            "key": envelope.subject,
            "school": school,
            "reason": reason,
            "since": datetime.now(UTC),
            "attempts": attempts,
        }
        async with self._db.begin(Scope()) as session:
            await session.execute(_PARK, parked)
            # The row may be there because it is just being let go; an insert takes that for a conflict, a lock waits.
            while not await _lock(session, self._consumer, message.topic, envelope.subject, share=True):
                await session.execute(_PARK, parked)
            await self._add(session, message, envelope, school)
        self._held.add((message.topic, envelope.subject))

    async def queue_behind(self, message: Received, envelope: Envelope) -> bool:
        """Let the event wait behind its parked key. False: the key is parked no more, and the event may go on."""
        async with self._db.begin(Scope()) as session:
            if not await _lock(session, self._consumer, message.topic, envelope.subject, share=True):
                self._held.discard((message.topic, envelope.subject))
                return False
            await self._add(session, message, envelope, envelope.school_id or TRUST_LOG)
        return True

    async def _add(self, session: AsyncSession, message: Received, envelope: Envelope, school: UUID) -> None:
        place = {
            "school": school,
            "consumer": self._consumer,
            "topic": message.topic,
            "partition": message.partition,
            "offset": message.offset,
        }
        await session.execute(_CLEAR_PLACE, place)
        headers = _as_text(message.headers)
        waiting = {
            **place,
            "id": new_id(),
            "key": envelope.subject,
            "headers": json.dumps(headers),
            "body": message.value.decode(),
            "at": datetime.now(UTC),
        }
        if (await session.execute(_ADD, waiting)).first() is None:
            there = await session.scalar(_AT_PLACE, place)
            if there != headers:
                raise PlaceTaken


async def parked_keys(worker_db: Database, consumer: str) -> list[ParkedKey]:
    """The keys set aside, the oldest first."""
    async with worker_db.begin(Scope()) as session:
        rows = await session.execute(_KEYS, {"consumer": consumer})
        return [ParkedKey(*row) for row in rows]


async def waiting_events(worker_db: Database, parked: ParkedKey) -> list[ParkedEvent]:
    """What waits of a key, in the order in which it came."""
    async with worker_db.begin(Scope()) as session:
        rows = await session.execute(_WAITING, _of(parked))
        return [
            ParkedEvent(row.id, tuple((name, value.encode()) for name, value in row.headers), row.body.encode())
            for row in rows
        ]


async def mark_replayed(worker_db: Database, parked: ParkedKey, event: ParkedEvent | None) -> bool:
    """Note that an event had its effect, and let the key go when it was the last; whether the key is free."""
    async with worker_db.begin(Scope()) as session:
        there = await _lock(session, parked.consumer, parked.topic, parked.key, share=False)
        if event is not None:
            await session.execute(_MARK, {"id": event.id, "at": datetime.now(UTC)})
        # A statement of its own, after the lock: it sees whatever was added behind the key before we had it.
        freed = await session.execute(_FREE, _of(parked))
        return freed.first() is not None or not there


async def note_failure(worker_db: Database, parked: ParkedKey, reason: str) -> None:
    async with worker_db.begin(Scope()) as session:
        await session.execute(_FAILED_AGAIN, {**_of(parked), "reason": reason})


async def _lock(session: AsyncSession, consumer: str, topic: str, key: UUID, *, share: bool) -> bool:
    statement = _LOCK_SHARED if share else _LOCK
    row = await session.execute(statement, {"consumer": consumer, "topic": topic, "key": key})
    return row.first() is not None


def _of(parked: ParkedKey) -> dict[str, object]:
    return {"consumer": parked.consumer, "topic": parked.topic, "key": parked.key}


def _as_text(headers: tuple[tuple[str, bytes], ...]) -> list[list[str]]:
    # Ours are text. What another put beside them must not keep the event from being kept.
    return [[name, value.decode(errors="replace").replace("\0", "\ufffd")] for name, value in headers]


_HELD: Final = text("SELECT topic, key FROM parked_key WHERE consumer = :consumer")
_PARK: Final = text(
    "INSERT INTO parked_key (consumer, topic, key, school_id, reason, since, attempts) "
    "VALUES (:consumer, :topic, :key, :school, :reason, :since, :attempts) ON CONFLICT DO NOTHING"
)
_LOCK: Final = text("SELECT 1 FROM parked_key WHERE consumer = :consumer AND topic = :topic AND key = :key FOR UPDATE")
_LOCK_SHARED: Final = text(
    "SELECT 1 FROM parked_key WHERE consumer = :consumer AND topic = :topic AND key = :key FOR SHARE"
)
# What was replayed from the same place is history: on a bus made anew the place is another event's.
_CLEAR_PLACE: Final = text(
    "DELETE FROM parked_event WHERE school_id = :school AND consumer = :consumer AND topic = :topic "
    'AND partition = :partition AND "offset" = :offset AND replayed_at IS NOT NULL'
)
_ADD: Final = text(
    'INSERT INTO parked_event (id, consumer, topic, key, school_id, headers, body, partition, "offset", parked_at) '
    "VALUES (:id, :consumer, :topic, :key, :school, CAST(:headers AS jsonb), :body, :partition, :offset, :at) "
    "ON CONFLICT DO NOTHING RETURNING id"
)
_AT_PLACE: Final = text(
    "SELECT headers FROM parked_event WHERE school_id = :school AND consumer = :consumer AND topic = :topic "
    'AND partition = :partition AND "offset" = :offset'
)
_KEYS: Final = text(
    "SELECT consumer, topic, key, reason, since, attempts, (SELECT count(*) FROM parked_event AS one "
    "WHERE one.consumer = parked_key.consumer AND one.topic = parked_key.topic AND one.key = parked_key.key "
    "AND one.replayed_at IS NULL) FROM parked_key WHERE consumer = :consumer ORDER BY since, key"
)
_WAITING: Final = text(
    "SELECT id, headers, body FROM parked_event WHERE consumer = :consumer AND topic = :topic AND key = :key "
    'AND replayed_at IS NULL ORDER BY "offset"'
)
_MARK: Final = text("UPDATE parked_event SET replayed_at = :at WHERE id = :id")
_FREE: Final = text(
    "DELETE FROM parked_key WHERE consumer = :consumer AND topic = :topic AND key = :key AND NOT EXISTS ("
    "SELECT FROM parked_event AS one WHERE one.consumer = :consumer AND one.topic = :topic AND one.key = :key "
    "AND one.replayed_at IS NULL) RETURNING 1"
)
_FAILED_AGAIN: Final = text(
    "UPDATE parked_key SET attempts = attempts + 1, reason = :reason "
    "WHERE consumer = :consumer AND topic = :topic AND key = :key"
)
