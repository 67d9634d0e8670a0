"""Both implementations, real servers, and a way to read from them."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from deploy import databases
from deploy.embedded import EmbeddedPostgres
from shared.bus import connect
from shared.bus.api import Bus, Consumer, Message, Received
from tests.conftest import Cluster
from tests.house_database import HOUSE
from tests.servers import KafkaServer
from tests.shared.bus.consuming import Consuming


@dataclass
class Side:
    """One implementation with its server, and buses and consumers that are closed when the test ends."""

    name: str
    url: str
    session_timeout: float
    kill: Callable[[], None] | None = None
    revive: Callable[[], Awaitable[object]] | None = None
    topic: str = field(default_factory=lambda: f"heed.t{uuid4().hex[:10]}.v1")
    group: str = field(default_factory=lambda: f"g{uuid4().hex[:10]}")
    _open: AsyncExitStack = field(default_factory=AsyncExitStack)

    def bus(self) -> Bus:
        bus = connect(self.url, client_id="test")
        self._open.push_async_callback(bus.close)
        return bus

    async def bus_with_topic(self, partitions: int = 4) -> Bus:
        bus = self.bus()
        await bus.ensure_topics({self.topic: partitions})
        return bus

    async def member(self, bus: Bus, group: str | None = None) -> Consumer:
        consumer = bus.consumer(group or self.group, [self.topic], session_timeout=self.session_timeout)
        self._open.push_async_callback(consumer.close)
        await consumer.start()
        return consumer

    def message(self, key: str, number: int, value: bytes = b"{}") -> Message:
        return Message(self.topic, key, value, (("n", str(number).encode()),))

    async def close(self) -> None:
        await self._open.aclose()


def number(message: Received) -> int:
    return int(dict(message.headers)["n"])


async def drain(*consumers: Consumer, count: int, within: float = 20.0, commit: bool = True) -> list[Received]:
    """What the consumers together are handed, until `count` came or the time is up."""
    found: list[Received] = []
    deadline = asyncio.get_running_loop().time() + within

    async def read(consumer: Consumer) -> None:
        while len(found) < count and asyncio.get_running_loop().time() < deadline:
            batch = await consumer.batch(limit=100, timeout=0.2)
            found.extend(batch)
            if commit and batch:
                await consumer.commit(batch)

    await asyncio.gather(*(read(consumer) for consumer in consumers))
    return found


async def silence(*consumers: Consumer, seconds: float = 1.0) -> Sequence[Received]:
    """What comes although nothing should."""
    return [
        m for batch in await asyncio.gather(*(c.batch(limit=10, timeout=seconds) for c in consumers)) for m in batch
    ]


BOTH = [pytest.param("postgres", marks=pytest.mark.postgres), pytest.param("kafka", marks=pytest.mark.kafka)]


@pytest.fixture(params=BOTH)
def made_side(request: pytest.FixtureRequest) -> Side:
    # Not async: a server that starts only now is started by a loop of its own.
    if request.param == "postgres":
        return Side("postgres", request.getfixturevalue("cluster").bus_url, session_timeout=2.0)
    return Side("kafka", request.getfixturevalue("kafka"), session_timeout=8.0)


@pytest.fixture
async def side(made_side: Side) -> AsyncIterator[Side]:
    yield made_side
    await made_side.close()


@pytest.fixture(params=BOTH)
def mortal_server(request: pytest.FixtureRequest) -> KafkaServer | None:
    return request.getfixturevalue("own_kafka") if request.param == "kafka" else None


@pytest.fixture
async def mortal_side(mortal_server: KafkaServer | None) -> AsyncIterator[Side]:
    """A side whose server may be killed: -9, as a power cut would."""
    if mortal_server is not None:
        made = Side("kafka", mortal_server.url, 8.0, kill=mortal_server.kill, revive=mortal_server.start)
        yield made
        await made.close()
        return
    folder = Path(tempfile.mkdtemp(prefix="heed-bus-"))
    postgres = EmbeddedPostgres(folder)
    try:
        url = await _bus_database(await postgres.start())
        made = Side("postgres", url, 2.0, kill=postgres.kill, revive=postgres.start)
        yield made
        await made.close()
    finally:
        await postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def _bus_database(admin_url: str) -> str:
    account = databases.Account(databases.BUS, "bus")
    connection = await asyncpg.connect(admin_url)
    try:
        await connection.execute(f"CREATE ROLE {account.name} LOGIN NOSUPERUSER PASSWORD '{account.password}'")
        await connection.execute(f"CREATE DATABASE {databases.BUS} OWNER {account.name}")
    finally:
        await connection.close()
    return databases.url_for(admin_url, database=databases.BUS, account=account)


@pytest.fixture
async def consuming(empty_cluster: Cluster, side: Side) -> AsyncIterator[Consuming]:
    urls = (empty_cluster.url(HOUSE), empty_cluster.url(HOUSE, "worker"), empty_cluster.admin(HOUSE))
    made = await Consuming(side, *urls).open()
    yield made
    await made.close()


@pytest.fixture
async def on_postgres(empty_cluster: Cluster) -> AsyncIterator[Consuming]:
    """Where the bus makes no difference."""
    side = Side("postgres", empty_cluster.bus_url, session_timeout=2.0)
    urls = (empty_cluster.url(HOUSE), empty_cluster.url(HOUSE, "worker"), empty_cluster.admin(HOUSE))
    made = await Consuming(side, *urls).open()
    yield made
    await made.close()
    await side.close()
