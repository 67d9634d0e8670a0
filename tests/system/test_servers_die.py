"""The servers under the house go away under load and come back; processes are asked to stop in the thick of it."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import httpx
import pytest

from deploy.native.processes import Processes
from shared.bus import connect
from shared.contracts.envelope import from_headers
from shared.service import STOP_SECONDS
from tests.servers import KafkaServer
from tests.system.concerns import PATIENCE, log_many, nothing_is_lost_or_doubled
from tests.system.conftest import ON_KAFKA, House
from tests.system.school import Member, School

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]

TOPIC = "heed.incident.v1"
IN_THE_THICK = 0.7


async def under_load(house: House, school: School, disturb: Callable[[], Awaitable[object]]) -> None:
    """Log 200 concerns, and follow some up, while something happens; then everything must be there, once, in order."""
    before = await house.ledger.incidents(school.id)
    accepted: dict[int, UUID] = {}
    following = asyncio.create_task(follow_up(school["lead"], accepted))
    logging = asyncio.create_task(log_many(school["assistant"], school, accepted))
    await asyncio.sleep(IN_THE_THICK)
    assert not logging.done(), "it was over before anything happened"
    await disturb()
    await logging
    await following
    await house.ledger.until_quiet(within=PATIENCE)
    await nothing_is_lost_or_doubled(house, school, accepted, before)
    assert await out_of_order(house.processes, set(accepted.values())) == []


async def follow_up(lead: Member, accepted: dict[int, UUID]) -> None:
    """Two actions on each of some concerns, so that there is an order to be kept."""
    deadline = time.monotonic() + PATIENCE
    for number in range(0, 60, 6):
        while number not in accepted:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)
        for text in ("Rang home.", "Spoke to his aunt."):
            while not await _acted(lead, accepted[number], text):
                assert time.monotonic() < deadline
                await asyncio.sleep(0.1)


async def _acted(lead: Member, incident_id: UUID, text: str) -> bool:
    try:
        answer = await lead.post(f"/incidents/{incident_id}/actions", json={"text": text})
    except httpx.TransportError:
        return False
    return answer.status_code == 201


async def out_of_order(house: Processes, incidents: set[UUID]) -> list[UUID]:
    """Incidents whose events are on the bus in another order than they happened. One may be there twice."""
    versions: dict[UUID, list[int]] = defaultdict(list)
    group = f"test-{uuid4().hex}"
    bus = connect(house.bus_url, client_id="test")
    consumer = bus.consumer(group, [TOPIC])
    try:
        await consumer.start()
        deadline = time.monotonic() + PATIENCE
        while incidents - set(versions) or sum(lag.messages for lag in await bus.lag(group)):
            assert time.monotonic() < deadline, "the topic could not be read to its end"
            batch = await consumer.batch(limit=200, timeout=0.5)
            for message in batch:
                envelope = from_headers(message.headers)
                if envelope.version not in versions[envelope.subject]:
                    versions[envelope.subject].append(envelope.version)
            await consumer.commit(batch)
    finally:
        await consumer.close()
        await bus.close()
    assert any(len(versions[incident]) > 2 for incident in incidents), "nothing had an order"
    return [incident for incident in incidents if versions[incident] != sorted(versions[incident])]


async def test_postgres_killed_under_load_and_brought_back_loses_nothing(house: House, school: School) -> None:
    async def disturb() -> None:
        house.processes.postgres.kill()
        await asyncio.sleep(0.5)
        await house.processes.postgres.start()

    await under_load(house, school, disturb)


@ON_KAFKA
async def test_kafka_killed_under_load_and_brought_back_loses_nothing(
    house: House, school: School, own_kafka: KafkaServer
) -> None:
    if own_kafka.url != house.processes.bus_url:
        pytest.skip("the broker of HEED_TEST_KAFKA_URL is not ours to kill")

    async def disturb() -> None:
        own_kafka.kill()
        await asyncio.sleep(0.5)
        await own_kafka.start()

    await under_load(house, school, disturb)


@ON_KAFKA
async def test_every_process_stops_within_its_seconds_under_load_and_loses_nothing(
    house: House, school: School
) -> None:
    async def disturb() -> None:
        for name, program in house.processes.programs.items():
            seconds = await program.stop()
            assert program.process is not None
            assert (program.process.returncode, seconds < STOP_SECONDS) == (0, True), f"{name}: {seconds:.1f} s"
            house.processes.launch(name)
            await house.processes.ready(name)

    await under_load(house, school, disturb)
