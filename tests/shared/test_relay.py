"""The relay: what was committed reaches the bus, in order per aggregate, whoever dies."""

import asyncio
import os
import sys
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg
import pytest

from shared.bus.api import MAX_BYTES, Bus
from shared.contracts.envelope import from_headers
from shared.contracts.incident import ROLL_TOPIC, PupilLeft
from shared.db import Database, Scope
from shared.ids import new_id
from shared.outbox import publish
from shared.relay import CHANNEL, Relay
from tests.conftest import Cluster
from tests.house_database import HOUSE
from tests.shared.bus.conftest import BOTH, Side
from tests.shared.bus.consuming import until

SCHOOL = new_id()


@dataclass
class Office:
    """A database whose outbox is carried, and the bus it is carried to."""

    cluster: Cluster
    side: Side
    db: Database
    bus: Bus
    seen: dict[UUID, list[int]] = field(default_factory=lambda: defaultdict(list))

    def relay(self, *, poll: float = 0.2) -> Relay:
        return Relay(worker_url=self.cluster.url(HOUSE, "worker"), bus=self.side.bus(), poll_seconds=poll)

    @asynccontextmanager
    async def running(self, *relays: Relay) -> AsyncIterator[None]:
        stop = asyncio.Event()
        tasks = [asyncio.create_task(relay.run(stop)) for relay in relays]
        try:
            yield
        finally:
            stop.set()
            async with asyncio.timeout(8):
                await asyncio.gather(*tasks)

    async def tell(self, key: UUID, *versions: int) -> None:
        for version in versions:
            async with self.db.begin(Scope(SCHOOL)) as session:
                await publish(session, PupilLeft(pupil_id=key), school_id=SCHOOL, version=version)

    async def ask(self, query: str) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.cluster.admin(HOUSE))
        try:
            return list(await connection.fetch(query))
        finally:
            await connection.close()

    async def waiting(self) -> int:
        return len(await self.ask("SELECT 1 FROM outbox"))

    async def is_empty(self) -> bool:
        return await self.waiting() == 0

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Note key and version of everything on the bus, as it comes."""
        consumer = self.bus.consumer(self.side.group, [ROLL_TOPIC], session_timeout=self.side.session_timeout)
        await consumer.start()

        async def listen() -> None:
            while True:
                for message in await consumer.batch(limit=200, timeout=0.1):
                    envelope = from_headers(message.headers)
                    self.seen[envelope.subject].append(envelope.version)

        ears = asyncio.create_task(listen())
        try:
            yield
        finally:
            ears.cancel()
            await asyncio.gather(ears, return_exceptions=True)
            await consumer.close()

    async def heard(self, key: UUID, *versions: int) -> None:
        async def complete() -> bool:
            return set(versions) <= set(self.seen[key])

        await until(complete)


@pytest.fixture(params=BOTH)
def made_side(request: pytest.FixtureRequest) -> Side:
    # Not async: a server that starts only now is started by a loop of its own.
    if request.param == "postgres":
        return Side("postgres", request.getfixturevalue("cluster").bus_url, session_timeout=2.0)
    return Side("kafka", request.getfixturevalue("kafka"), session_timeout=8.0)


async def _opened(cluster: Cluster, side: Side) -> Office:
    bus = side.bus()
    await bus.ensure_topics({ROLL_TOPIC: 3})
    return Office(cluster, side, cluster.database(HOUSE), bus)


@pytest.fixture
async def office(empty_cluster: Cluster, made_side: Side) -> AsyncIterator[Office]:
    made = await _opened(empty_cluster, made_side)
    yield made
    await made.db.close()
    await made_side.close()


@pytest.fixture
async def on_postgres(empty_cluster: Cluster) -> AsyncIterator[Office]:
    """Where the bus makes no difference."""
    side = Side("postgres", empty_cluster.bus_url, session_timeout=2.0)
    made = await _opened(empty_cluster, side)
    yield made
    await made.db.close()
    await side.close()


async def test_what_was_committed_is_carried_once_and_in_order_and_the_outbox_is_empty_after(office: Office) -> None:
    keys = [new_id() for _ in range(8)]
    async with office.listening(), office.running(office.relay()):
        await asyncio.gather(*(office.tell(key, *range(1, 21)) for key in keys))
        await until(office.is_empty)
        for key in keys:
            await office.heard(key, 20)
    assert {key: office.seen[key] for key in keys} == {key: list(range(1, 21)) for key in keys}


async def test_one_leads_and_another_takes_over_when_it_ends(on_postgres: Office) -> None:
    first, second, key = on_postgres.relay(), on_postgres.relay(), new_id()
    async with on_postgres.listening(), on_postgres.running(second):
        async with on_postgres.running(first):

            async def one_leads() -> bool:
                return first.leads or second.leads

            await until(one_leads)
            for version in range(1, 30):
                await on_postgres.tell(key, version)
                assert not (first.leads and second.leads)
            leader = first if first.leads else second
            # Its connection is cut, as a restart of the server or a firewall does.
            await on_postgres.ask(
                "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_stat_activity USING (pid) "
                "WHERE locktype = 'advisory' AND application_name = 'heed-relay'"
            )
            await on_postgres.tell(key, *range(30, 40))
            await on_postgres.heard(key, 39)
            assert leader in {first, second}
        await on_postgres.tell(key, *range(40, 50))
        await on_postgres.heard(key, 49)
        assert second.leads
    # Told twice perhaps, where an acknowledgement was lost; never out of order.
    assert list(dict.fromkeys(on_postgres.seen[key])) == list(range(1, 50))


async def test_an_oversized_event_holds_its_own_key_and_nobody_else(on_postgres: Office) -> None:
    large, small = new_id(), new_id()
    await on_postgres.tell(large, 1)
    await on_postgres.ask(f"UPDATE outbox SET body = repeat('x', {MAX_BYTES + 1})")
    await on_postgres.tell(large, 2)
    await on_postgres.tell(small, 1, 2, 3)
    async with on_postgres.listening(), on_postgres.running(on_postgres.relay()):
        await on_postgres.heard(small, 1, 2, 3)
        await on_postgres.tell(small, 4)
        await on_postgres.heard(small, 4)
        assert on_postgres.seen[large] == [], "the second may not overtake the first"
        left = await on_postgres.ask("SELECT key FROM outbox")
        assert [row["key"] for row in left] == [large, large]
    # A person has put it right; the next relay carries both.
    await on_postgres.ask("UPDATE outbox SET body = '{}'")
    async with on_postgres.listening(), on_postgres.running(on_postgres.relay()):
        await on_postgres.heard(large, 1, 2)
    assert on_postgres.seen[large] == [1, 2]


async def test_it_is_woken_by_the_commit_and_by_another_process_and_does_not_wait_for_its_poll(
    on_postgres: Office,
) -> None:
    relay = on_postgres.relay(poll=60)
    on_postgres.db.on_publish(relay.wake)
    async with on_postgres.listening(), on_postgres.running(relay):

        async def leads() -> bool:
            return relay.leads

        await until(leads)
        key, clock = new_id(), asyncio.get_running_loop().time
        began = clock()
        await on_postgres.tell(key, 1)
        await on_postgres.heard(key, 1)
        other = Database(on_postgres.cluster.url(HOUSE))
        async with other.begin(Scope(SCHOOL)) as session:
            await publish(session, PupilLeft(pupil_id=key), school_id=SCHOOL, version=2)
        await other.close()
        await on_postgres.ask(f"NOTIFY {CHANNEL}")
        await on_postgres.heard(key, 2)
        assert clock() - began < 10


RELAY = """
import asyncio, sys
from shared.bus import connect
from shared.relay import Relay
async def main(worker_url, bus_url):
    await Relay(worker_url=worker_url, bus=connect(bus_url, client_id="mortal")).run(asyncio.Event())
asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.parametrize("place", ["relay.before_publish", "relay.after_publish", "relay.after_delete"])
async def test_a_relay_killed_anywhere_loses_nothing_and_breaks_no_order(on_postgres: Office, place: str) -> None:
    keys = [new_id() for _ in range(5)]
    for key in keys:
        await on_postgres.tell(key, 1, 2, 3)
    urls = (on_postgres.cluster.url(HOUSE, "worker"), on_postgres.side.url)
    environment = {**os.environ, "HEED_FAULT": place, "PYTHONPATH": os.getcwd()}
    mortal = await asyncio.create_subprocess_exec(sys.executable, "-c", RELAY, *urls, env=environment)
    assert await asyncio.wait_for(mortal.wait(), 30) == -9
    assert await on_postgres.waiting() == (0 if place == "relay.after_delete" else 15)

    async with on_postgres.listening(), on_postgres.running(on_postgres.relay()):
        for key in keys:
            await on_postgres.tell(key, 4)
            await on_postgres.heard(key, 1, 2, 3, 4)
    for key in keys:
        assert list(dict.fromkeys(on_postgres.seen[key])) == [1, 2, 3, 4]
