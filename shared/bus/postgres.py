"""The bus on PostgreSQL: the embedded default, in a database and under a role of its own.

A log table per partition in spirit: offsets without gaps, visible in order. Consumers are woken by NOTIFY, sent after
the commit and on a connection of its own, and poll in case it was lost.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final
from zlib import crc32

import asyncpg
import structlog

from shared.bus import postgres_tables as tables
from shared.bus.api import Lag, Message, refuse_oversized
from shared.bus.postgres_consumer import PostgresConsumer
from shared.bus.postgres_signal import Signal

KEPT_DAYS: Final = 14
PRUNE_SECONDS: Final = 3600.0
POOL: Final = 4

_log = structlog.get_logger(__name__)


class UnknownTopic(Exception):  # noqa: N818 - a fact about a message
    pass


class PostgresBus:
    def __init__(self, url: str, *, client_id: str) -> None:
        self._url = url
        self._name = client_id
        self._pool: asyncpg.Pool | None = None
        self._opening = asyncio.Lock()
        self._signal = Signal(url, client_id=client_id)
        self._partitions: dict[str, list[int]] = {}
        self._pruning: asyncio.Task[None] | None = None

    async def ensure_topics(self, topics: Mapping[str, int]) -> None:
        async with self.connection() as connection:
            await tables.create_tables(connection)
            known = {row["topic"]: row["count"] for row in await connection.fetch(_COUNTS)}
            if any(known.get(topic, 0) < count for topic, count in topics.items()):
                await connection.execute(tables.ADD_PARTITIONS, list(topics), list(topics.values()))
                self._partitions.clear()

    async def publish(self, messages: Sequence[Message]) -> None:
        refuse_oversized(messages)
        if not messages:
            return
        async with self.connection() as connection:
            places = [await self._partition_of(connection, message) for message in messages]
            await connection.execute(
                tables.PUBLISH,
                places,
                [message.key for message in messages],
                [tables.pack_headers(message.headers) for message in messages],
                [message.value for message in messages],
            )
        self._signal.tell({message.topic for message in messages})

    async def _partition_of(self, connection: asyncpg.Connection, message: Message) -> int:
        if message.topic not in self._partitions:
            rows = await connection.fetch("SELECT topic, id FROM bus_partition ORDER BY topic, number")
            self._partitions.clear()
            for row in rows:
                self._partitions.setdefault(row["topic"], []).append(row["id"])
        ids = self._partitions.get(message.topic)
        if ids is None:
            raise UnknownTopic(message.topic)
        return ids[crc32(message.key.encode()) % len(ids)]

    def consumer(self, group: str, topics: Sequence[str], *, session_timeout: float = 10.0) -> PostgresConsumer:
        return PostgresConsumer(
            self.connection, self._signal, group=group, topics=topics, session_timeout=session_timeout
        )

    async def lag(self, group: str) -> list[Lag]:
        async with self.connection() as connection:
            rows = await connection.fetch(tables.LAG, group)
        return [Lag(*row) for row in rows]

    async def ready(self) -> None:
        async with self.connection() as connection:
            await connection.fetchval("SELECT 1")

    async def close(self) -> None:
        if self._pruning is not None:
            self._pruning.cancel()
        await self._signal.close()
        async with self._opening:
            pool, self._pool = self._pool, None
        if pool is not None:
            try:
                await asyncio.wait_for(pool.close(), 5)
            except tables.AWAY:
                pool.terminate()

    async def prune(self) -> None:
        """Delete what is older than KEPT_DAYS and read by every group."""
        async with self.connection() as connection:
            await connection.execute(tables.PRUNE, KEPT_DAYS, timeout=300)

    @contextlib.asynccontextmanager
    async def connection(self) -> AsyncIterator[asyncpg.Connection]:
        async with self._opening:
            if self._pool is None:
                self._pool = await self._open()
                self._pruning = asyncio.create_task(self._prune_now_and_then())
        async with self._pool.acquire(timeout=10) as connection:
            yield connection

    async def _open(self) -> asyncpg.Pool:
        settings = {"application_name": f"{self._name}-bus", "statement_timeout": "30s", "jit": "off"}
        return await asyncpg.create_pool(
            self._url,
            min_size=1,
            max_size=POOL,
            timeout=5,
            command_timeout=30,
            reset=_leave_as_it_is,
            server_settings=settings,
        )

    async def _prune_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(PRUNE_SECONDS)
            try:
                await self.prune()
            except tables.AWAY as problem:
                _log.warning("bus.prune_failed", error=type(problem).__name__)


_COUNTS: Final = "SELECT topic, count(*)::int AS count FROM bus_partition GROUP BY topic"


async def _leave_as_it_is(_: asyncpg.Connection) -> None:
    """Nothing here changes a connection's state, and the pool's own reset is a round trip after every query."""
