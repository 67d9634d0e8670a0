"""`heed bus`: what an administrator sees of the events between the services, and what they can do."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest

from shared.bus import connect
from shared.bus.api import Message, Received
from shared.bus.parking import Parking
from shared.contracts.alerting import TOPIC, AlertRaised
from shared.contracts.envelope import Envelope, to_headers
from shared.contracts.registry import TOPICS, encode
from shared.contracts.words import Why
from shared.db import Database
from shared.ids import new_id
from tests.conftest import Cluster
from tests.deploy.heed import heed

SCHOOL = new_id()


@dataclass
class House:
    cluster: Cluster
    worker_db: Database

    def heed(self, *words: str) -> tuple[int, str, str]:
        variables = {
            "HEED_BUS_URL": self.cluster.bus_url,
            "HEED_KEY_SECRET": "k" * 40,
            "HEED_SERVICE_SECRET": "s" * 40,
        }
        for service in self.cluster.services:
            variables[f"HEED_{service.upper()}_DATABASE_URL"] = self.cluster.url(service)
            variables[f"HEED_{service.upper()}_WORKER_DATABASE_URL"] = self.cluster.url(service, "worker")
        done = heed("bus", *words, **variables)
        return done.returncode, done.stdout, done.stderr

    async def park(self, incident_id: UUID, offset: int, *, body: bytes = b"") -> None:
        message = alert(incident_id, body=body)
        envelope = Envelope(new_id(), AlertRaised.TYPE, "/heed/alerting", datetime.now(UTC), incident_id, SCHOOL, 1)
        received = Received(TOPIC, message.key, message.value, tuple(to_headers(envelope)), 0, offset)
        parking = Parking(consumer="incident", worker_db=self.worker_db)
        await parking.park(received, envelope, reason="RuntimeError in note_reader:26", attempts=5)


def alert(incident_id: UUID, *, body: bytes = b"") -> Message:
    raised = AlertRaised(alert_id=new_id(), incident_id=incident_id, staff_id=new_id(), why=[Why.LEAD_DSL])
    return Message(TOPIC, str(incident_id), body or encode(raised), ())


@pytest.fixture
async def house(empty_cluster: Cluster) -> AsyncIterator[House]:
    made = House(empty_cluster, empty_cluster.database("incident", "worker"))
    yield made
    await made.worker_db.close()


async def test_what_is_behind_is_counted_per_service_and_topic(house: House) -> None:
    bus = connect(house.cluster.bus_url, client_id="test")
    await bus.ensure_topics(TOPICS)
    reader = bus.consumer("incident", [TOPIC])
    await reader.start()
    await bus.publish([alert(new_id()) for _ in range(7)])
    await reader.close()
    await bus.close()

    code, said, _ = house.heed("lag")

    assert code == 0
    (line,) = [line.split() for line in said.splitlines() if line.split()[:1] == ["incident"]]
    assert line == ["incident", TOPIC, "7"]


async def test_nothing_parked_is_said_and_fine(house: House) -> None:
    code, said, _ = house.heed("parked")
    assert (code, said.strip()) == (0, "Nothing is set aside.")
    code, said, _ = house.heed("replay", "incident", "--all")
    assert (code, said.strip()) == (0, "Nothing is set aside.")


async def test_a_parked_key_is_shown_with_its_reason_and_replayed(house: House) -> None:
    first, second = new_id(), new_id()
    for offset, incident in enumerate((first, second, first)):
        await house.park(incident, offset)

    code, said, _ = house.heed("parked")
    assert code == 3
    assert str(first) in said
    assert "RuntimeError in note_reader:26" in said

    code, said, _ = house.heed("replay", "incident", "--key", str(first))
    assert (code, "1 of 1 keys flow again" in said) == (0, True)
    code, said, _ = house.heed("parked")
    assert (code, str(first) in said, str(second) in said) == (3, False, True)

    code, said, _ = house.heed("replay", "incident", "--all")
    assert (code, "1 of 1 keys flow again" in said) == (0, True)
    assert house.heed("parked")[0] == 0
    connection = await asyncpg.connect(house.cluster.admin("incident"))
    readers = await connection.fetch("SELECT incident_id FROM reader")
    await connection.close()
    assert sorted(row["incident_id"] for row in readers) == sorted([first, first, second])


async def test_what_fails_again_stays_and_is_named_and_the_exit_code_says_so(house: House) -> None:
    broken = new_id()
    await house.park(broken, 0, body=b'{"incident_id": "Rowan"}')
    await house.park(new_id(), 1)

    code, said, _ = house.heed("replay", "incident", "--all")

    assert code == 3
    assert "1 of 2 keys flow again" in said
    assert str(broken) in said
    assert "Undecodable in decode" in said
    assert "Rowan" not in said


async def test_a_replay_of_nobody_knows_what_is_refused_in_a_sentence(house: House) -> None:
    for words, sentence in {
        ("replay", "incident"): "Say which",
        ("replay", "kitchen", "--all"): "No service listens as kitchen. There are: ",
        ("replay", "incident", "--key", str(new_id())): "has not set",
    }.items():
        code, _, said = house.heed(*words)
        assert (code, sentence in said) == (1, True)
        assert "Traceback" not in said
