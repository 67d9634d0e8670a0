"""The relay: carries events from the outbox to the bus, one leader per database, in the order of their commits.

It reads in order, publishes, and deletes after the acknowledgement: a crash in between doubles on the bus, which the
inbox takes, and loses nothing. Order per aggregate holds because its row is locked before the outbox insert.
"""

import asyncio
import json
from collections.abc import Sequence
from typing import Final
from uuid import UUID

import asyncpg
import structlog

from shared.bus.api import Bus, Message, TooLarge, with_dead_letters
from shared.contracts.registry import TOPICS
from shared.faults import fault

BATCH: Final = 500
CHANNEL: Final = "heed_outbox"
LOCK: Final = 0x6865_6564_0001  # "heed", 1: leadership of the outbox of this database
LONGEST_PAUSE: Final = 5.0

_log = structlog.get_logger(__name__)

_READ: Final = """
SELECT seq, topic, key, headers, body FROM outbox WHERE key <> ALL($1::uuid[]) ORDER BY seq LIMIT $2
"""


class Relay:
    """A worker. Several may run; one leads, by an advisory lock that ends with its connection."""

    def __init__(self, *, worker_url: str, bus: Bus, poll_seconds: float = 0.5) -> None:
        self._url = worker_url
        self._bus = bus
        self._poll = poll_seconds
        self._woken = asyncio.Event()
        self._withheld: set[UUID] = set()
        self.leads = False

    def wake(self) -> None:
        """There is something in the outbox. Given after the commit, in process; costs nothing."""
        self._woken.set()

    async def run(self, stop: asyncio.Event) -> None:
        pause = 0.1
        while not stop.is_set():
            try:
                await self._bus.ensure_topics(with_dead_letters(TOPICS))
                await self._serve(stop)
                pause = 0.1
            except Exception as problem:
                # Whatever it is, events wait safely in the outbox and the next try may go better.
                _log.warning("relay.interrupted", error=type(problem).__name__)
                await _pause(stop, pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    async def _serve(self, stop: asyncio.Event) -> None:
        connection = await _connect(self._url)
        try:
            await connection.add_listener(CHANNEL, lambda *_: self.wake())
            while not stop.is_set():
                if not self.leads:
                    self.leads = await connection.fetchval("SELECT pg_try_advisory_lock($1)", LOCK)
                self._woken.clear()
                more = self.leads and await self._carry(connection)
                if not more:
                    await self._wait(stop)
        finally:
            self.leads = False
            connection.terminate()

    async def _carry(self, connection: asyncpg.Connection) -> bool:
        """Carry one batch; whether there may be more."""
        rows = await connection.fetch(_READ, list(self._withheld), BATCH)
        if not rows:
            return False
        fault("relay.before_publish")
        try:
            await self._bus.publish([_message(row) for row in rows])
        except TooLarge as problem:
            self._withhold(problem)
            return True
        fault("relay.after_publish")
        await connection.execute("DELETE FROM outbox WHERE seq = ANY($1::bigint[])", [row["seq"] for row in rows])
        fault("relay.after_delete")
        return len(rows) == BATCH

    def _withhold(self, problem: TooLarge) -> None:
        # One event that cannot travel holds up its own aggregate, whose order it would break, and nobody else's. It
        # stays in the outbox, whose age is watched.
        keys = {UUID(message.key) for message in problem.messages}
        self._withheld |= keys
        for key in keys:
            _log.error("relay.event_too_large", key=str(key))

    async def _wait(self, stop: asyncio.Event) -> None:
        waits = [asyncio.ensure_future(self._woken.wait()), asyncio.ensure_future(stop.wait())]
        await asyncio.wait(waits, timeout=self._poll, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()


async def _connect(url: str) -> asyncpg.Connection:
    # A lost DELETE only doubles on the bus, so it need not wait for the disk. A direct connection, never PgBouncer:
    # the advisory lock and LISTEN live as long as it does.
    settings = {"application_name": "heed-relay", "synchronous_commit": "off", "statement_timeout": "30s"}
    return await asyncpg.connect(url, server_settings=settings, timeout=5)


def _message(row: asyncpg.Record) -> Message:
    headers: Sequence[Sequence[str]] = json.loads(row["headers"])
    return Message(
        topic=row["topic"],
        key=str(row["key"]),
        value=row["body"].encode(),
        headers=tuple((name, value.encode()) for name, value in headers),
    )


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
