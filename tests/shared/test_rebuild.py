"""A service that lost its copies makes them again from their owners, over the services' own routes."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from deploy import building
from deploy.environment import SHARED_KEY, SHARED_SERVICE, Servers, environment_of
from deploy.process import started
from services.alerting import handlers as alerting
from services.auth import service as auth
from services.incident import handlers as incident
from shared.contracts.alerting import AlertWithdrawn
from shared.contracts.envelope import Envelope
from shared.contracts.incident import IncidentLogged
from shared.contracts.words import Role, Sensitivity, TrustRole
from shared.db import Database, Scope
from shared.errors import Unavailable
from shared.ids import new_id
from shared.peers import Peers, ServiceTokens
from shared.rebuild import Rebuild
from shared.service import Service
from tests.conftest import Cluster
from tests.deploy.heed import heed

pytestmark = pytest.mark.postgres
SECRET = "k" * 40
COPIES = ("known_school", "trust_staff", "staff_copy", "group_copy", "shield_copy")


@dataclass
class Trust:
    """Two schools with people, as auth has them; nobody else has heard of them."""

    cluster: Cluster
    services: dict[str, Service]
    peers: Peers
    variables: dict[str, str]
    schools: list[UUID] = field(default_factory=list)
    people: list[UUID] = field(default_factory=list)

    async def open(self) -> "Trust":
        state = self.services["auth"].api.state
        async with state.db.begin(Scope()) as session:
            await auth.create_trust(session, acting_staff=None, name="Rivermead")
            for name in ("Oakfield", "Harbour"):
                school = await auth.register_school(
                    session, acting_staff=None, name=name, short_name=name.lower(), phase="primary"
                )
                self.schools.append(school.id)
        for school_id in self.schools:
            for number, role in enumerate((Role.HEAD, Role.LEAD_DSL, Role.TEACHER)):
                await self._add(school_id, f"{school_id}-{number}", [role], [])
        await self._add(None, "trust", [], [TrustRole.DATA_PROTECTION_OFFICER])
        async with state.db.begin(Scope(self.schools[0])) as session:
            await auth.disable_staff(session, acting_staff=None, staff_id=self.people[2])
        return self

    async def _add(self, school_id: UUID | None, name: str, roles: list[Role], trust_roles: list[TrustRole]) -> None:
        state = self.services["auth"].api.state
        async with state.db.begin(Scope(school_id)) as session:
            added = await auth.add_staff(
                session,
                acting_staff=None,
                school_id=school_id,
                email=f"{name}@school.example",
                title="Ms",
                forename="A",
                surname="B",
                roles=roles,
                trust_roles=trust_roles,
                sealing=state.sealing,
            )
            self.people.append(added.id)

    def db(self, service: str) -> Database:
        db: Database = self.services[service].api.state.db
        return db

    def rebuild(self, service: str) -> Rebuild:
        handlers = {"alerting": alerting.HANDLERS, "incident": incident.HANDLERS}[service]
        tokens = ServiceTokens(self.peers, name=service, secret=SECRET)
        return Rebuild(db=self.db(service), handlers=handlers, peers=self.peers, tokens=tokens)

    async def rows(self, service: str, query: str) -> list[tuple[Any, ...]]:
        connection = await asyncpg.connect(self.cluster.admin(service))
        try:
            return [tuple(row) for row in await connection.fetch(query)]
        finally:
            await connection.close()

    async def copies(self) -> dict[str, list[tuple[Any, ...]]]:
        return {name: await self.rows("alerting", f"SELECT * FROM {name} ORDER BY 1, 2") for name in COPIES[1:]}

    async def alerts(self) -> None:
        """An incident in each school, told to alerting, which raises its alerts."""
        for school_id in self.schools:
            logged = IncidentLogged(
                incident_id=new_id(),
                author_id=new_id(),
                logged_at=datetime.now(UTC),
                sensitivity=Sensitivity.ORDINARY,
                category_ids=[new_id()],
                pupils=[],
            )
            envelope = Envelope(
                new_id(), logged.TYPE, logged.source(), datetime.now(UTC), logged.incident_id, school_id, 1
            )
            async with self.db("alerting").begin(Scope(school_id)) as session:
                await alerting.HANDLERS[IncidentLogged](session, envelope, logged)


@pytest.fixture
async def trust(empty_cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Trust]:
    secrets = {**empty_cluster.passwords, SHARED_KEY: SECRET, SHARED_SERVICE: SECRET}
    servers = Servers(empty_cluster.admin_url, smtp_port=25)
    variables = environment_of(servers, secrets, public_url="http://localhost:8000")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    peers, bus, services = Peers(), building.bus_of_the_house(), {}
    for name in ("auth", "incident", "alerting"):
        services[name] = building.build(name, peers=peers, bus=bus)
        peers.register(name, services[name].api)
    async with started(services.values()):
        yield await Trust(empty_cluster, services, peers, variables).open()
    await peers.close()
    await bus.close()


async def test_staff_and_schools_come_from_auth_a_school_a_page_and_a_second_time_changes_nothing(trust: Trust) -> None:
    again, turned = trust.rebuild("alerting"), []
    schools = await again.schools()
    assert sorted(schools) == sorted(trust.schools)

    taken = await again.take("auth", schools, turned=lambda: turned.append(1))

    assert taken == 2 + 6 + 1
    assert len(turned) == 3, "the trust's own page and one for each school"
    assert sorted(row[0] for row in await trust.rows("alerting", "SELECT id FROM known_school")) == sorted(schools)
    kept = await trust.rows("alerting", "SELECT school_id, roles[1], disabled FROM staff_copy")
    assert sorted(kept, key=str) == sorted(
        [
            (trust.schools[0], "head", False),
            (trust.schools[0], "lead_dsl", False),
            (trust.schools[0], None, True),
            (trust.schools[1], "head", False),
            (trust.schools[1], "lead_dsl", False),
            (trust.schools[1], "teacher", False),
        ],
        key=str,
    )
    assert await trust.rows("alerting", "SELECT roles FROM trust_staff") == [(["data_protection_officer"],)]

    before = await trust.copies()
    await again.take("auth", schools)
    assert await trust.copies() == before


async def test_an_older_snapshot_never_overwrites_what_is_newer(trust: Trust) -> None:
    again = trust.rebuild("alerting")
    await again.take("auth", trust.schools)
    await trust.rows("alerting", "UPDATE staff_copy SET version = version + 10, roles = '{senco}'")
    await again.take("auth", trust.schools)
    assert await trust.rows("alerting", "SELECT DISTINCT roles FROM staff_copy") == [(["senco"],)]
    await trust.rows("alerting", "UPDATE staff_copy SET version = 0")
    await again.take("auth", trust.schools)
    assert len(await trust.rows("alerting", "SELECT DISTINCT roles FROM staff_copy")) == 4


async def test_readers_come_from_alerting_school_by_school_and_page_by_page(
    trust: Trust, monkeypatch: pytest.MonkeyPatch
) -> None:
    await trust.rebuild("alerting").take("auth", trust.schools)
    await trust.alerts()
    alerts = await trust.rows("alerting", "SELECT school_id, incident_id, staff_id, id FROM alert ORDER BY id")
    assert len(alerts) == 4
    assert await trust.rows("incident", "SELECT 1 FROM reader") == []

    monkeypatch.setattr("shared.rebuild.PAGE", 1)
    again = trust.rebuild("incident")
    assert await again.take("alerting", await again.schools()) == 4

    query = "SELECT school_id, incident_id, staff_id, alert_id FROM reader ORDER BY alert_id"
    assert await trust.rows("incident", query) == alerts


async def test_what_the_bus_brings_meanwhile_is_newer_and_holds(trust: Trust) -> None:
    await trust.rebuild("alerting").take("auth", trust.schools)
    await trust.alerts()
    ((school_id, incident_id, staff_id, alert_id),) = await trust.rows(
        "alerting", "SELECT school_id, incident_id, staff_id, id FROM alert LIMIT 1"
    )
    withdrawn = AlertWithdrawn(alert_id=alert_id, incident_id=incident_id, staff_id=staff_id)
    envelope = Envelope(new_id(), withdrawn.TYPE, "/heed/alerting", datetime.now(UTC), incident_id, school_id, 50)
    async with trust.db("incident").begin(Scope(school_id)) as session:
        await incident.HANDLERS[AlertWithdrawn](session, envelope, withdrawn)

    await trust.rebuild("incident").take("alerting", trust.schools)

    gone = await trust.rows("incident", "SELECT alert_id FROM reader WHERE withdrawn_at IS NOT NULL")
    assert gone == [(alert_id,)]


async def test_an_owner_that_does_not_answer_is_named(trust: Trust) -> None:
    nowhere = Peers({"auth": "http://127.0.0.1:9"})
    tokens = ServiceTokens(trust.peers, name="alerting", secret=SECRET)
    again = Rebuild(db=trust.db("alerting"), handlers=alerting.HANDLERS, peers=nowhere, tokens=tokens)
    with pytest.raises(Unavailable) as refusal:
        await again.schools()
    assert refusal.value.extra == {"service": "auth"}
    await nowhere.close()

    wrong = ServiceTokens(trust.peers, name="alerting", secret="x" * 40)
    with pytest.raises(Unavailable):
        await Rebuild(db=trust.db("alerting"), handlers={}, peers=trust.peers, tokens=wrong).schools()


async def test_heed_rebuild_does_it_for_a_house_that_does_not_run(trust: Trust) -> None:
    said = heed("rebuild", "alerting", **trust.variables)
    assert said.returncode == 0, said.stderr
    assert "alerting took in 9 facts from auth." in said.stdout
    assert len(await trust.rows("alerting", "SELECT 1 FROM staff_copy")) == 6


async def test_heed_rebuild_says_in_a_sentence_what_it_cannot_do(trust: Trust) -> None:
    for words, variables, sentence in (
        (("rebuild", "auth"), {}, "auth keeps no copies"),
        (("rebuild", "alerting"), {"HEED_AUTH_URL": "http://127.0.0.1:9"}, "run this again"),
    ):
        said = heed(*words, **{**trust.variables, **variables})
        assert said.returncode == 1
        assert sentence in said.stderr
        assert "Traceback" not in said.stderr
