"""Alerting over a real database, and one small school whose people come in through real events."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from pydantic import SecretStr

from services.alerting.app import create_service
from services.alerting.handlers import CONSUMER, HANDLERS
from services.alerting.settings import AlertingSettings
from shared.contracts.auth import GroupChanged, SchoolRegistered, ShieldChanged, StaffAdded, StaffChanged
from shared.contracts.envelope import Envelope
from shared.contracts.events import Event
from shared.contracts.incident import IncidentCorrected, IncidentFacts, IncidentLogged, LinkedPupil
from shared.contracts.registry import decode
from shared.contracts.words import Assurance, Part, Role, Sensitivity, TrustRole
from shared.db import Database, Scope
from shared.identity import Staff
from shared.ids import class_id, new_id
from shared.inbox import first_time
from shared.peers import Peers
from tests.conftest import Cluster
from tests.issuer import TRUST, Client, Issuer, member

PEOPLE: Mapping[str, tuple[tuple[Role, ...], tuple[str, ...]]] = {
    "Boyle": ((Role.HEAD,), ()),
    "Okafor": ((Role.LEAD_DSL, Role.SENIOR_LEADER), ()),
    "Haddad": ((Role.DEPUTY_DSL, Role.TEACHER), ("6A",)),
    "Chaudhry": ((Role.SENCO,), ()),
    "Joseph": ((Role.PASTORAL,), ()),
    "Bevan": ((Role.TEACHER,), ("4B",)),
    "Tran": ((Role.TEACHING_ASSISTANT,), ("4B",)),
    "Walsh": ((Role.SUPPORT,), ()),
}
BEHAVIOUR, ATTENDANCE, WELFARE = new_id(), new_id(), new_id()
ROWAN = new_id()


@dataclass
class School:
    """A school as alerting hears of it and as its people meet it."""

    http: httpx.AsyncClient
    auth: Issuer
    db: Database
    admin_url: str
    id: UUID = field(default_factory=new_id)
    people: dict[str, UUID] = field(default_factory=lambda: {name: new_id() for name in PEOPLE})
    ks2: UUID = field(default_factory=new_id)
    versions: Any = field(default_factory=lambda: count(1))

    # ------------------------------------------------------------------------------------------- what arrives
    async def hear(
        self,
        event: Event,
        *,
        version: int | None = None,
        trust: bool = False,
        at: datetime | None = None,
        event_id: UUID | None = None,
    ) -> bool:
        """As the consumer takes it: inbox and effect in one transaction. Whether it came for the first time."""
        envelope = Envelope(
            id=event_id or new_id(),
            type=event.TYPE,
            source=event.source(),
            time=at or datetime.now(UTC),
            subject=event.key,
            school_id=None if trust else self.id,
            version=version or next(self.versions),
        )
        async with self.db.begin(Scope(envelope.school_id)) as session:
            if envelope.school_id and not await first_time(session, CONSUMER, envelope.id, envelope.school_id):
                return False
            await HANDLERS[type(event)](session, envelope, event)
        return True

    async def open(self) -> "School":
        await self.hear(SchoolRegistered(school_id=self.id, trust_id=TRUST))
        for name in PEOPLE:
            await self.joins(name)
        await self.hear(GroupChanged(group_id=self.ks2, member_ids=[self.people["Boyle"], self.people["Joseph"]]))
        return self

    async def joins(self, name: str, *roles: Role, version: int | None = None, at: datetime | None = None) -> None:
        await self.hear(staff_added(self, name, *roles), version=version, at=at)

    async def changes(self, name: str, *roles: Role, version: int | None = None, at: datetime | None = None) -> None:
        await self.hear(StaffChanged(staff_id=self.people[name], roles=list(roles)), version=version, at=at)

    async def trust_lead(self, name: str = "Nkemelu") -> UUID:
        staff_id = self.people.setdefault(name, new_id())
        event = StaffAdded(staff_id=staff_id, trust_roles=[TrustRole.TRUST_SAFEGUARDING_LEAD])
        await self.hear(event, trust=True)
        return staff_id

    async def shield(self, name: str, *, pupil_id: UUID | None = None, incident_id: UUID | None = None) -> UUID:
        shield = ShieldChanged(
            shield_id=new_id(), staff_id=self.people[name], pupil_id=pupil_id, incident_id=incident_id, active=True
        )
        await self.hear(shield)
        return shield.shield_id

    def incident(self, *category_ids: UUID, author: str = "Walsh", **changes: Any) -> IncidentLogged:
        values: dict[str, Any] = {
            "incident_id": new_id(),
            "author_id": self.people[author],
            "logged_at": datetime.now(UTC),
            "sensitivity": Sensitivity.ORDINARY,
            "category_ids": list(category_ids or (WELFARE,)),
            "pupils": [self.pupil()],
        }
        return IncidentLogged(**{**values, **changes})

    def pupil(self, pupil_id: UUID = ROWAN, *, code: str | None = "4B", year: str = "4") -> LinkedPupil:
        place = class_id(self.id, code) if code else None
        return LinkedPupil(pupil_id=pupil_id, part=Part.SUBJECT, category_ids=[], class_id=place, year_group=year)

    async def logged(self, *category_ids: UUID, **changes: Any) -> IncidentLogged:
        event = self.incident(*category_ids, **changes)
        await self.hear(event, version=1)
        return event

    async def corrected(self, before: IncidentFacts, *, version: int = 2, **changes: Any) -> None:
        await self.hear(IncidentCorrected(**{**dict(before), **changes}), version=version)

    # ------------------------------------------------------------------------------------------- what its people do
    def as_staff(self, name: str, **rest: Any) -> Staff:
        roles, classes = PEOPLE.get(name, ((), ()))
        given = {"classes": classes, "staff_id": self.people[name], **rest}
        return member(self.id, *given.pop("roles", roles), **given)

    def client(self, name: str, **rest: Any) -> Client:
        return Client(self.http, self.auth, "alerting", self.as_staff(name, **rest))

    @property
    def dsl(self) -> Client:
        """Ms Okafor, with a fresh second factor."""
        return self.client("Okafor", assurance=Assurance.ELEVATED)

    async def open_alerts(self, name: str, **rest: Any) -> list[dict[str, Any]]:
        answer = await self.client(name, **rest).get("/alerts")
        assert answer.status_code == 200, answer.text
        listed: list[dict[str, Any]] = answer.json()["alerts"]
        return listed

    async def alert_of(self, name: str, incident: IncidentFacts) -> str:
        [found] = [a for a in await self.open_alerts(name) if a["incident_id"] == str(incident.incident_id)]
        return str(found["id"])

    # ------------------------------------------------------------------------------------------- what is there
    async def rows(self, query: str, *values: Any) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.admin_url)
        try:
            return list(await connection.fetch(query, *values))
        finally:
            await connection.close()

    async def told(self, incident: IncidentFacts) -> dict[str, set[str]]:
        """Whom alerting has told of an incident, by name, and why."""
        rows = await self.rows("SELECT staff_id, why FROM alert WHERE incident_id = $1", incident.incident_id)
        names = {staff_id: name for name, staff_id in self.people.items()}
        assert len({row["staff_id"] for row in rows}) == len(rows)
        return {names[row["staff_id"]]: set(row["why"]) for row in rows}

    async def published(self, incident: IncidentFacts) -> Sequence[tuple[Envelope, Event]]:
        rows = await self.rows(
            "SELECT headers::text, body FROM outbox WHERE key = $1 ORDER BY seq", incident.incident_id
        )
        return [decode_row(row["headers"], row["body"]) for row in rows]


def decode_row(headers: str, body: str) -> tuple[Envelope, Event]:

    return decode([(name, value.encode()) for name, value in json.loads(headers)], body.encode())


def staff_added(school: School, name: str, *roles: Role) -> StaffAdded:
    known, classes = PEOPLE.get(name, ((), ()))
    return StaffAdded(
        staff_id=school.people.setdefault(name, new_id()),
        roles=list(roles or known),
        class_ids=[class_id(school.id, code) for code in classes],
    )


@pytest.fixture
async def house(empty_cluster: Cluster) -> AsyncIterator[School]:
    """The service and a school of which nothing has been heard yet."""
    auth = Issuer("heed-auth")
    peers = Peers()
    peers.register("auth", auth.app)
    settings = AlertingSettings(key_secret=SecretStr("k" * 32)).model_copy(
        update={
            "database_url": SecretStr(empty_cluster.url("alerting")),
            "worker_database_url": SecretStr(empty_cluster.url("alerting", "worker")),
        }
    )
    service = create_service(settings, peers=peers)
    await service.start()
    transport = httpx.ASGITransport(app=service.api)
    async with httpx.AsyncClient(transport=transport, base_url="http://alerting.heed") as http:
        yield School(http, auth, service.api.state.db, empty_cluster.admin("alerting"))
    await service.stop()
    await peers.close()


@pytest.fixture
async def school(house: School) -> School:
    return await house.open()
