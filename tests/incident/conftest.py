"""The incident service over a real database, and one small school with people who have names."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
from pydantic import SecretStr

from services.incident.app import create_service
from services.incident.settings import IncidentSettings
from shared.contracts.words import Assurance, Role
from shared.db import Database
from shared.identity import Staff
from shared.ids import new_id
from shared.peers import Peers
from tests.conftest import Cluster
from tests.issuer import Client, Issuer, member

ROLL = """UPN,Surname,Forename,Date of birth,Sex,Year group,Class
,Adeyemi,Rowan,2017-03-12,M,4,4B
,Adeyemi,Ife,2020-05-01,F,1,1A
,Khan,Aisha,2018-01-09,F,3,3A
,Khan,Aisha,2018-02-11,F,3,3B
,O'Brien-Łuczak,Zoë,2016-10-10,F,5,5B
"""


@dataclass
class School:
    """A school as its people meet it: pupils and categories by name."""

    http: httpx.AsyncClient
    auth: Issuer
    alerting: Issuer
    db: Database
    id: UUID = field(default_factory=new_id)
    pupils: dict[str, UUID] = field(default_factory=dict)
    categories: dict[str, UUID] = field(default_factory=dict)

    def client(self, staff: Staff) -> Client:
        return Client(self.http, self.auth, "incident", staff)

    def someone(self, *roles: Role, **rest: Any) -> Client:
        return self.client(member(self.id, *roles, **rest))

    @property
    def dsl(self) -> Client:
        """Mr Haddad, with a fresh second factor."""
        return self.someone(Role.LEAD_DSL, assurance=Assurance.ELEVATED)

    async def open(self) -> "School":
        answer = await self.dsl.post("/roll", content=ROLL, headers={"content-type": "text/csv"})
        assert answer.status_code == 200, answer.text
        await self.learn()
        return self

    async def learn(self) -> None:
        for start in ("row", "ife", "ais", "zoe"):
            for found in (await self.dsl.get("/pupils", params={"starts": start})).json()["pupils"]:
                self.pupils[f"{found['name']} {found['class_code']}"] = UUID(found["id"])
        shown = (await self.dsl.get("/categories")).json()["categories"]
        names = {row["id"]: row["name"] for row in shown}
        for row in shown:
            above = f"{names[row['parent_id']]}/" if row["parent_id"] else ""
            self.categories[above + row["name"]] = UUID(row["id"])

    @property
    def rowan(self) -> UUID:
        return self.pupils["Rowan Adeyemi 4B"]

    def concern(self, *, of: str = "Welfare Concern", about: UUID | None = None, **more: Any) -> dict[str, Any]:
        return {
            "narrative": 'Rowan said "I do not want to go home".',
            "occurred_at": datetime.now(UTC).isoformat(),
            "category_ids": [str(self.categories[of])],
            "pupils": [{"pupil_id": str(about or self.rowan), "part": "subject"}],
            **more,
        }

    async def log(self, author: Client, **concern: Any) -> UUID:
        answer = await author.post("/incidents", json=self.concern(**concern), headers=key())
        assert answer.status_code == 201, answer.text
        return UUID(answer.json()["id"])

    def voucher(self, staff: Staff, incident_id: UUID) -> str:
        claims = {"sub": str(staff.staff_id), "school": str(staff.school_id), "incident": str(incident_id)}
        return self.alerting.mint(claims, "incident")

    def elevated(self, client: Client) -> Client:
        return self.client(replace(client.staff, assurance=Assurance.ELEVATED))


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(new_id())}


@pytest.fixture
async def house(empty_cluster: Cluster) -> AsyncIterator[School]:
    """The service and a school that has nothing yet."""
    auth, alerting = Issuer("heed-auth"), Issuer("heed-alerting")
    peers = Peers()
    peers.register("auth", auth.app)
    peers.register("alerting", alerting.app)
    settings = IncidentSettings(key_secret=SecretStr("k" * 32)).model_copy(
        update={
            "database_url": SecretStr(empty_cluster.url("incident")),
            "worker_database_url": SecretStr(empty_cluster.url("incident", "worker")),
        }
    )
    service = create_service(settings, peers=peers)
    await service.start()
    transport = httpx.ASGITransport(app=service.api)
    async with httpx.AsyncClient(transport=transport, base_url="http://incident.heed") as http:
        yield School(http, auth, alerting, service.api.state.db)
    await service.stop()
    await peers.close()


@pytest.fixture
async def school(house: School) -> School:
    return await house.open()
