"""A member of a consumer group on PostgreSQL: a lease kept alive, a fair share of the partitions, a place in each."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import asyncpg
import structlog

from shared.bus import postgres_tables as tables
from shared.bus.api import WINDOW, Received
from shared.bus.postgres_share import share
from shared.bus.postgres_signal import Signal
from shared.ids import new_id

POLL_SECONDS: Final = 0.5

_log = structlog.get_logger(__name__)


@dataclass
class _Place:
    """A partition that is ours: the next offset to hand out, and the one up to which all is committed."""

    topic: str
    number: int
    position: int
    committed: int
    leaving: bool = False

    @property
    def room(self) -> int:
        return 0 if self.leaving else WINDOW - (self.position - self.committed)


class PostgresConsumer:
    def __init__(
        self,
        connection: Callable[[], AbstractAsyncContextManager[asyncpg.Connection]],
        signal: Signal,
        *,
        group: str,
        topics: Sequence[str],
        session_timeout: float,
    ) -> None:
        self._connection = connection
        self._signal = signal
        self._group = group
        self._topics = tuple(topics)
        # The lease and the others' next look at it together stay within the session.
        self._lease = session_timeout * 0.7
        self._beat_seconds = session_timeout * 0.15
        self._me = new_id()
        self._places: dict[int, _Place] = {}
        self._owed: dict[int, int] = {}
        self._lease_ends = 0.0
        self._woken = asyncio.Event()
        self._changed = asyncio.Event()
        self._beating: asyncio.Task[None] | None = None
        self._turn = 0

    async def start(self) -> None:
        await self._beat()
        self._signal.listen(self._wake)
        self._beating = asyncio.create_task(self._keep_alive())

    def _wake(self, words: frozenset[str]) -> None:
        if not words or not words.isdisjoint(self._topics):
            self._woken.set()
        if not words or f"group:{self._group}" in words:
            self._changed.set()

    async def batch(self, *, limit: int, timeout: float) -> Sequence[Received]:
        clock = asyncio.get_running_loop().time
        ends = clock() + timeout
        while True:
            self._woken.clear()
            try:
                await self._commit_owed()
                found = await self._fetch(limit)
            except tables.AWAY as problem:
                _log.info("bus.fetch_postponed", consumer=self._group, error=type(problem).__name__)
                found = []
            if found or clock() >= ends:
                return found
            with suppress(TimeoutError):
                async with asyncio.timeout(min(POLL_SECONDS, ends - clock())):
                    await self._woken.wait()

    async def _fetch(self, limit: int) -> list[Received]:
        if asyncio.get_running_loop().time() > self._lease_ends:
            # Silent for too long (no server, or a laptop asleep): what was ours may be another's by now.
            return []
        places = self._next_places()
        if not places:
            return []
        each = max(limit // len(places), 8)
        rooms = [min(place.room, each, limit) for place in places.values()]
        async with self._connection() as connection:
            rows = await connection.fetch(
                tables.FETCH, list(places), [place.position for place in places.values()], rooms
            )
        found = []
        for row in rows[:limit]:
            place = places[row["partition_id"]]
            # What left, or is about to, while we asked is not ours to hand out.
            if place.leaving or self._places.get(row["partition_id"]) is not place:
                continue
            place.position = row["offset"] + 1
            found.append(_received(row, place))
        return found

    def _next_places(self) -> dict[int, _Place]:
        """Ours with room for more; another one first each time, so that a full one does not starve the rest."""
        open_ones = [(id_, place) for id_, place in self._places.items() if place.room > 0]
        self._turn += 1
        first = self._turn % max(len(open_ones), 1)
        return dict(open_ones[first:] + open_ones[:first])

    async def commit(self, upto: Sequence[Received]) -> None:
        ids = {(place.topic, place.number): id_ for id_, place in self._places.items()}
        for message in upto:
            id_ = ids.get((message.topic, message.partition))
            if id_ is not None:
                self._owed[id_] = max(self._owed.get(id_, 0), message.offset + 1)
        try:
            await self._commit_owed()
        except tables.AWAY as problem:
            _log.info("bus.commit_postponed", consumer=self._group, error=type(problem).__name__)

    async def _commit_owed(self) -> None:
        if not self._owed:
            return
        owed = dict(self._owed)
        async with self._connection() as connection:
            await connection.execute(tables.COMMIT, self._group, self._me, list(owed), list(owed.values()))
        for id_, offset in owed.items():
            if self._owed.get(id_) == offset:
                del self._owed[id_]
            place = self._places.get(id_)
            if place is not None:
                self._finish(place, offset)

    def _finish(self, place: _Place, offset: int) -> None:
        was_full = place.room <= 0
        place.committed = max(place.committed, offset)
        if place.leaving and place.position <= place.committed:
            self._changed.set()
        elif was_full and place.room > 0:
            self._woken.set()

    async def close(self) -> None:
        if self._beating is None:
            return
        self._signal.forget(self._wake)
        self._beating.cancel()
        await asyncio.gather(self._beating, return_exceptions=True)
        try:
            await self._commit_owed()
            async with self._connection() as connection:
                await connection.execute(_LEAVE, self._group, self._me)
            self._signal.tell({f"group:{self._group}"})
        except tables.AWAY as problem:
            # The lease will run out by itself.
            _log.info("bus.left_silently", consumer=self._group, error=type(problem).__name__)
        self._places.clear()

    async def _keep_alive(self) -> None:
        while True:
            # Not wait_for: on Python 3.11 that forgets to end when what it waits for comes in the same moment.
            with suppress(TimeoutError):
                async with asyncio.timeout(self._beat_seconds):
                    await self._changed.wait()
            self._changed.clear()
            try:
                await self._beat()
            except Exception as problem:
                # Whatever it was: a member that no longer renews its lease would stand still for ever, and say nothing.
                _log.warning("bus.heartbeat_missed", consumer=self._group, error=type(problem).__name__)
                await asyncio.sleep(self._beat_seconds / 3)

    async def _beat(self) -> None:
        """Renew the lease, bury the dead, and take or give partitions; one member of a group at a time."""
        began = asyncio.get_running_loop().time()
        async with self._connection() as connection, connection.transaction():
            await connection.execute(_LOCK_GROUP, self._group)
            changed = await connection.fetchval(_RENEW, self._group, self._me, list(self._topics), self._lease)
            changed |= await self._bury(connection)
            await connection.execute(_ADD_CLAIMS, self._group, list(self._topics))
            rows = await connection.fetch(_CLAIMS, self._group, list(self._topics))
            self._drop_lost(rows)
            taken, given = await self._share_out(connection, rows)
        # Only a committed transaction has taken anything.
        self._lease_ends = began + self._lease
        for row in rows:
            if row["id"] in taken:
                self._places[row["id"]] = _Place(row["topic"], row["number"], row["committed"], row["committed"])
        for id_ in given:
            self._places.pop(id_, None)
        if taken:
            self._woken.set()
        if changed or given:
            self._signal.tell({f"group:{self._group}"})

    async def _bury(self, connection: asyncpg.Connection) -> bool:
        dead = await connection.fetch(_BURY, self._group)
        if dead:
            _log.info("bus.members_expired", consumer=self._group, count=len(dead))
            await connection.execute(_FREE, self._group, [row["id"] for row in dead])
        return bool(dead)

    def _drop_lost(self, rows: Sequence[asyncpg.Record]) -> None:
        ours = {row["id"] for row in rows if row["member"] == self._me}
        for id_ in [id_ for id_ in self._places if id_ not in ours]:
            del self._places[id_]
            self._owed.pop(id_, None)

    async def _share_out(
        self, connection: asyncpg.Connection, rows: Sequence[asyncpg.Record]
    ) -> tuple[set[int], set[int]]:
        members = await connection.fetch("SELECT id, topics FROM bus_member WHERE group_name = $1", self._group)
        take: set[int] = set()
        give: set[int] = set()
        for topic in self._topics:
            claims: dict[int, UUID | None] = {row["id"]: row["member"] for row in rows if row["topic"] == topic}
            decided = share(claims, [row["id"] for row in members if topic in row["topics"]], self._me)
            take |= set(decided.take)
            give |= set(decided.give)
        # A partition leaves when all that was handed out of it is committed; so the next one begins where we ended.
        for id_, place in self._places.items():
            place.leaving = id_ in give
        give = {id_ for id_ in give if id_ not in self._places or self._is_clean(self._places[id_])}
        # What is ours in the table and not in our hands was taken by a transaction whose end we did not hear.
        take |= {row["id"] for row in rows if row["member"] == self._me and row["id"] not in self._places} - give
        if take:
            await connection.execute(_TAKE, self._group, list(take), self._me)
        if give:
            await connection.execute(_TAKE, self._group, list(give), None)
        return take, give

    def _is_clean(self, place: _Place) -> bool:
        return place.position <= place.committed


def _received(row: asyncpg.Record, place: _Place) -> Received:
    return Received(
        topic=place.topic,
        key=row["key"],
        value=row["value"],
        headers=tables.unpack_headers(row["headers"]),
        partition=place.number,
        offset=row["offset"],
    )


_LOCK_GROUP: Final = "SELECT pg_advisory_xact_lock(hashtextextended('heed_bus group ' || $1, 0))"

# Returns whether the member is new; xmax is 0 for a row that was inserted and not updated.
_RENEW: Final = """
INSERT INTO bus_member (group_name, id, topics, alive_until)
VALUES ($1, $2, $3, clock_timestamp() + make_interval(secs => $4))
ON CONFLICT (group_name, id) DO UPDATE SET topics = excluded.topics, alive_until = excluded.alive_until
RETURNING xmax = 0
"""

_BURY: Final = "DELETE FROM bus_member WHERE group_name = $1 AND alive_until < clock_timestamp() RETURNING id"
_FREE: Final = "UPDATE bus_claim SET member = NULL WHERE group_name = $1 AND member = ANY($2::uuid[])"
_TAKE: Final = "UPDATE bus_claim SET member = $3 WHERE group_name = $1 AND partition_id = ANY($2::int[])"

_ADD_CLAIMS: Final = """
INSERT INTO bus_claim (group_name, partition_id)
SELECT $1, id FROM bus_partition WHERE topic = ANY($2::text[])
AND NOT EXISTS (SELECT FROM bus_claim WHERE group_name = $1 AND partition_id = id)
"""

_CLAIMS: Final = """
SELECT id, topic, number, member, committed FROM bus_claim JOIN bus_partition ON id = partition_id
WHERE group_name = $1 AND topic = ANY($2::text[]) ORDER BY id
"""

_LEAVE: Final = """
WITH gone AS (DELETE FROM bus_member WHERE group_name = $1 AND id = $2)
UPDATE bus_claim SET member = NULL WHERE group_name = $1 AND member = $2
"""
