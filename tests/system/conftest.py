"""A house of processes for the system tests: started once for each kind of bus, with its mail server."""

import shutil
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from aiokafka.admin import AIOKafkaAdminClient

from deploy.native.processes import CannotStart, Processes
from tests.conftest import cannot_have
from tests.system.ledger import Ledger, ledger_of
from tests.system.post import PostOffice
from tests.system.school import School, arrive, leave, register

# One client logs more in a minute here than a school in a year; the limits have tests of their own.
LIMITS = {
    "HEED_REQUESTS_PER_MINUTE": "1000000",
    "HEED_ADDRESS_REQUESTS_PER_MINUTE": "1000000",
    "HEED_SIGN_INS_PER_MINUTE": "1000000",
}
BUSES = [pytest.param("kafka", marks=pytest.mark.kafka), pytest.param("embedded", marks=pytest.mark.postgres)]
ON_KAFKA = pytest.mark.parametrize("bus_url", BUSES[:1], indirect=True)


@dataclass
class House:
    processes: Processes
    post: PostOffice
    ledger: Ledger


@pytest.fixture(scope="session", params=BUSES)
def bus_url(request: pytest.FixtureRequest) -> str:
    """The bus of the house; empty: its own PostgreSQL's. Not async: a Kafka that starts now has a loop of its own."""
    return str(request.getfixturevalue("kafka")) if request.param == "kafka" else ""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def house(bus_url: str) -> AsyncIterator[House]:
    folder = Path(tempfile.mkdtemp(prefix="heed-house-"))
    post = await PostOffice().start()
    if bus_url:
        await forget_topics(bus_url)
    # These tests kill processes and not the machine, so the disk need not be waited for.
    processes = Processes(
        folder, smtp_port=post.port, bus_url=bus_url, settings=LIMITS, postgres_settings={"fsync": "off"}
    )
    try:
        try:
            await processes.open()
        except CannotStart as problem:
            cannot_have("a house of processes", str(problem))
        async with ledger_of(processes) as ledger:
            yield House(processes, post, ledger)
    finally:
        await processes.close()
        await post.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def school(house: House) -> AsyncIterator[School]:
    """A school of the module's own, with a roll; everybody is signed in with a second factor."""
    made = await arrive(await register(house.processes.environment, house.processes.url("gateway")))
    yield made
    await leave(made)


async def forget_topics(bus_url: str) -> None:
    """Take away what tests before this one left on a broker that they share."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bus_url.removeprefix("kafka://"))
    await admin.start()
    try:
        ours = [name for name in await admin.list_topics() if name.startswith("heed.")]
        if ours:
            await admin.delete_topics(ours)
    finally:
        await admin.close()
