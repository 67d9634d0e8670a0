"""The whole service at work: events come over a bus, alerts and their events go out; nothing is silent on the way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

import httpx
import pytest
from pydantic import SecretStr

from services.alerting.app import create_service
from services.alerting.handlers import TOPICS
from services.alerting.settings import AlertingSettings
from shared.bus import connect
from shared.bus.api import Bus, Message
from shared.contracts import registry
from shared.contracts.alerting import TOPIC, AlertRaised
from shared.contracts.envelope import Envelope, to_headers
from shared.contracts.events import Event
from shared.ids import new_id
from shared.peers import Peers
from shared.telemetry import REGISTRY
from tests.alerting.conftest import School, staff_added
from tests.conftest import Cluster
from tests.issuer import Issuer
from tests.shared.bus.consuming import until

pytestmark = pytest.mark.postgres


def message(event: Event, school_id: UUID, version: int = 1) -> Message:
    envelope = Envelope(
        id=new_id(),
        type=event.TYPE,
        source=event.source(),
        time=datetime.now(UTC),
        subject=event.key,
        school_id=school_id,
        version=version,
    )
    return Message(event.TOPIC, str(event.key), registry.encode(event), tuple(to_headers(envelope)))


@pytest.fixture
async def bus(empty_cluster: Cluster) -> AsyncIterator[Bus]:
    connected = connect(empty_cluster.bus_url, client_id="test")
    await connected.ensure_topics({name: registry.TOPICS[name] for name in (*TOPICS, TOPIC)})
    yield connected
    await connected.close()


@asynccontextmanager
async def at_work(cluster: Cluster, bus: Bus) -> AsyncIterator[School]:
    auth, peers = Issuer("heed-auth"), Peers()
    peers.register("auth", auth.app)
    settings = AlertingSettings(
        key_secret=SecretStr("k" * 32),
        HEED_ALERTING_DATABASE_URL=SecretStr(cluster.url("alerting")),
        HEED_ALERTING_WORKER_DATABASE_URL=SecretStr(cluster.url("alerting", "worker")),
    )
    service = create_service(settings, peers=peers, bus=bus)
    await service.start()
    stop = asyncio.Event()
    working = asyncio.create_task(service.work(stop))
    transport = httpx.ASGITransport(app=service.api)
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://alerting.heed") as http:
            yield School(http, auth, service.api.state.db, cluster.admin("alerting"))
    finally:
        stop.set()
        await working
        await service.stop()
        await peers.close()


async def heard(bus: Bus, count: int) -> list[Event]:
    """What alerting has told the house, as another service hears it."""
    consumer = bus.consumer(f"test-{new_id()}", [TOPIC])
    await consumer.start()
    events: list[Event] = []
    async with asyncio.timeout(20):
        while len(events) < count:
            batch = await consumer.batch(limit=100, timeout=1)
            events += [registry.decode(received.headers, received.value)[1] for received in batch]
            await consumer.commit(batch)
    await consumer.close()
    return events


def nobody_to_tell() -> float:
    return REGISTRY.get_sample_value("heed_nobody_to_tell_total") or 0.0


async def test_an_incident_that_comes_before_the_schools_people_is_told_when_they_come(
    empty_cluster: Cluster, bus: Bus
) -> None:
    async with at_work(empty_cluster, bus) as school:
        # They were there before the incident; what was told of them only comes later.
        people = [message(staff_added(school, name), school.id) for name in ("Boyle", "Okafor")]
        incident, before = school.incident(), nobody_to_tell()
        await bus.publish([message(incident, school.id)])

        async def tried() -> bool:
            return nobody_to_tell() > before

        await until(tried)
        await bus.publish(people)

        async def told() -> bool:
            return len(await school.told(incident)) == 2

        await until(told)
        # Together, or one after the other when the incident was tried again between the two.
        raisings = len({row["raised_at"] for row in await school.rows("SELECT raised_at FROM alert")})
        found = [event for event in await heard(bus, raisings) if isinstance(event, AlertRaised)]
        told_of = [one.staff_id for event in found for one in event.told]
        assert sorted(told_of) == sorted([school.people["Boyle"], school.people["Okafor"]])
        assert await school.rows("SELECT FROM parked_key") == []


async def test_what_waits_in_a_school_where_nobody_could_be_told_is_told_to_whoever_joins(
    empty_cluster: Cluster, bus: Bus
) -> None:
    async with at_work(empty_cluster, bus) as school:
        incident = school.incident()
        await bus.publish([message(incident, school.id), message(staff_added(school, "Bevan"), school.id)])

        async def set_aside() -> bool:
            return await school.rows("SELECT FROM parked_key") != []

        await until(set_aside)
        assert await school.told(incident) == {}
        # Long after it was logged, and nobody replays it.
        await bus.publish([message(staff_added(school, "Okafor"), school.id)])

        async def told() -> bool:
            return await school.told(incident) == {"Okafor": {"lead_dsl"}}

        await until(told)
        assert [row["kind"] for row in await school.rows("SELECT kind FROM mail")] == ["alert"]

        async def flows_again() -> bool:
            return await school.rows("SELECT FROM parked_key") == []

        await until(flows_again)


async def test_every_process_of_the_service_has_its_name_and_a_scrape_asks_for_unread_alerts(
    empty_cluster: Cluster, bus: Bus
) -> None:
    settings = AlertingSettings(key_secret=SecretStr("k" * 32), HEED_ALERTING_DATABASE_URL=SecretStr("postgresql://"))
    service = create_service(settings, peers=Peers(), bus=bus)
    assert set(service.workers) == {"relay", "consumer", "sender", "escalator", "webhooks", "sealer"}
    assert {"outbox", "lag", "parked", "unread alerts"} <= set(service.measures)
    await service.stop()
