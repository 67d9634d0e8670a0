"""A member on PostgreSQL whose connection fails in ways that asyncpg has no word of PostgreSQL's for."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import asyncpg
import pytest

from shared.bus.api import Message, Received
from shared.bus.postgres import PostgresBus
from shared.bus.postgres_consumer import PostgresConsumer
from shared.ids import new_id
from tests.conftest import Cluster

SESSION = 1.0


class Failing:
    """The bus's own connections, of which some come to nothing."""

    def __init__(self, bus: PostgresBus) -> None:
        self._bus = bus
        self.left: list[BaseException] = []

    @contextlib.asynccontextmanager
    async def connection(self) -> AsyncIterator[asyncpg.Connection]:
        if self.left:
            raise self.left.pop()
        async with self._bus.connection() as connection:
            yield connection


async def test_a_member_goes_on_after_whatever_its_connection_did(empty_cluster: Cluster) -> None:
    topic, key = f"test.{new_id()}", str(new_id())
    bus = PostgresBus(empty_cluster.bus_url, client_id="test")
    await bus.ensure_topics({topic: 1})
    failing = Failing(bus)
    consumer = PostgresConsumer(
        failing.connection, bus._signal, group=f"test-{new_id()}", topics=[topic], session_timeout=SESSION
    )
    await consumer.start()
    # Caught in the middle of an answer: whoever asks next meets them, lease or fetch.
    async with asyncio.timeout(30):
        failing.left = [asyncpg.InternalClientError("unknown protocol state") for _ in range(20)]
        while failing.left:
            assert await consumer.batch(limit=10, timeout=0.05) == []
        await bus.publish([Message(topic=topic, key=key, value=b"{}", headers=())])
        found: list[Received] = []
        while not found:
            found = list(await consumer.batch(limit=10, timeout=SESSION))
    await consumer.commit(found)
    assert [message.key for message in found] == [key]
    assert sum(lag.messages for lag in await bus.lag(consumer._group)) == 0
    await consumer.close()
    await bus.close()


@pytest.mark.parametrize("turns", range(6))
async def test_a_member_leaves_also_in_the_very_moment_in_which_its_group_changes(
    empty_cluster: Cluster, turns: int
) -> None:
    """To be told to end just as what one waits for comes: one turn of the loop decides which is heard."""
    topic = f"test.{new_id()}"
    bus = PostgresBus(empty_cluster.bus_url, client_id="test")
    await bus.ensure_topics({topic: 1})
    consumer = bus.consumer(f"test-{new_id()}", [topic], session_timeout=60.0)
    await consumer.start()
    # So that it waits, and is not in the middle of renewing its lease.
    await consumer.batch(limit=1, timeout=0.05)
    bus._signal.tell({f"group:{consumer._group}"})
    for _ in range(turns):
        await asyncio.sleep(0)
    async with asyncio.timeout(10):
        await consumer.close()
    await bus.close()
