"""The gateway before real services on a real database, in one process; people sign in and ask as a browser does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic, time
from typing import Any
from uuid import UUID

import httpx
import pyotp
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import SecretStr

from services.alerting.app import create_service as create_alerting
from services.alerting.settings import AlertingSettings
from services.auth import service as auth_service
from services.auth.app import create_service as create_auth
from services.auth.settings import AuthSettings
from services.gateway.app import API_ROUTERS
from services.gateway.app import create_service as create_gateway
from services.gateway.cookies import CSRF
from services.gateway.settings import GatewaySettings
from services.incident.app import create_service as create_incident
from services.incident.handlers import note_reader
from services.incident.settings import IncidentSettings
from shared.bus import connect
from shared.contracts.alerting import AlertRaised
from shared.contracts.envelope import Envelope
from shared.contracts.words import Role, TrustRole, Why
from shared.db import Scope
from shared.ids import new_id
from shared.peers import Peers
from shared.service import Service
from tests.conftest import Cluster

PASSWORD = "three lamps over the canal"
SECRETS = {"key_secret": SecretStr("k" * 40), "service_secret": SecretStr("s" * 40)}
API = "/api/v1"
ORIGIN = "http://localhost:8000"
CSV = {"content-type": "text/csv"}
ROLL = """UPN,Surname,Forename,Date of birth,Sex,Year group,Class
,Adeyemi,Rowan,2017-03-12,M,4,4B
,Adeyemi,Ife,2020-05-01,F,1,1A
,O'Brien,Zoe,2016-10-10,F,5,5B
"""


def gateway_of(peers: Peers, **settings: Any) -> Service:
    return create_gateway(GatewaySettings(**{**SECRETS, **settings}), peers=peers)


def browser(api: FastAPI, origin: str = ORIGIN) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=api), base_url=origin)


@dataclass
class Person:
    """One member of staff with a browser of their own."""

    house: "House"
    id: UUID
    email: str
    totp: str
    http: httpx.AsyncClient
    here: bool = True
    codes_used: int = 0

    def code(self) -> str:
        """A code that was not used yet: this one and the next are good, also when the half minute ends meanwhile."""
        self.codes_used += 1
        assert self.codes_used <= 2
        return pyotp.TOTP(self.totp).at(int(time()) + 30 * (self.codes_used - 1))

    async def sign_in(self, sure: str = "mfa", *, school_id: UUID | None = None) -> "Person":
        answer = await self.http.post(f"{API}/sign-in", json={"email": self.email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        if school_id is not None:
            chosen = await self.post("/me/school", json={"school_id": str(school_id)})
            assert chosen.status_code == 204, chosen.text
        if sure != "password":
            given = await self.post("/elevate" if sure == "elevated" else "/sign-in/code", json={"code": self.code()})
            assert given.status_code == 204, given.text
        return self

    async def ask(self, method: str, path: str, **rest: Any) -> httpx.Response:
        token = self.http.cookies.get(CSRF)
        headers = {**({"X-CSRF-Token": token} if token else {}), **rest.pop("headers", {})}
        answer = await self.http.request(method, API + path, headers=headers, **rest)
        hold_to_its_description(method, API + path, answer)
        return answer

    async def get(self, path: str, **rest: Any) -> httpx.Response:
        return await self.ask("GET", path, **rest)

    async def post(self, path: str, **rest: Any) -> httpx.Response:
        return await self.ask("POST", path, **rest)

    async def put(self, path: str, **rest: Any) -> httpx.Response:
        return await self.ask("PUT", path, **rest)

    async def log(self, **concern: Any) -> UUID:
        answer = await self.post("/incidents", json=self.house.concern(**concern), headers=key())
        assert answer.status_code == 201, answer.text
        return UUID(answer.json()["id"])


@dataclass
class House:
    """Two schools of one trust; the pupils and categories of the first by name."""

    services: dict[str, Service]
    gateway: Service
    peers: Peers
    workers: AsyncExitStack
    oakfield: UUID = field(default_factory=lambda: UUID(int=0))
    harbour: UUID = field(default_factory=lambda: UUID(int=0))
    pupils: dict[str, UUID] = field(default_factory=dict)
    categories: dict[str, UUID] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)

    async def open(self) -> "House":
        async with self.services["auth"].api.state.db.begin(Scope()) as session:
            await auth_service.create_trust(session, acting_staff=None, name="Rivermead")
            for name in ("oakfield", "harbour"):
                school = await auth_service.register_school(
                    session, acting_staff=None, name=name.title(), short_name=name, phase="primary"
                )
                setattr(self, name, school.id)
        okafor = await (await self.add("okafor", Role.LEAD_DSL)).sign_in("elevated")
        answer = await okafor.post("/roll", content=ROLL, headers=CSV)
        assert answer.status_code == 200, answer.text
        for start in ("row", "ife", "zoe"):
            (found,) = (await okafor.get("/pupils", params={"starts": start})).json()["pupils"]
            self.pupils[found["name"].split()[0]] = UUID(found["id"])
        shown = (await okafor.get("/categories")).json()["categories"]
        self.categories = {row["name"]: UUID(row["id"]) for row in shown}
        return self

    async def add(
        self,
        name: str,
        *roles: Role,
        school_id: UUID | None = None,
        trust_role: TrustRole | None = None,
        classes: tuple[str, ...] = (),
    ) -> Person:
        secret = pyotp.random_base32()
        there = None if trust_role else school_id or self.oakfield
        async with self.services["auth"].api.state.db.begin(Scope(there)) as session:
            added = await auth_service.add_staff(
                session,
                acting_staff=None,
                school_id=there,
                email=f"{name}@school.example",
                title="Ms",
                forename="A",
                surname=name.title(),
                roles=roles,
                trust_roles=[trust_role] if trust_role else [],
                classes=classes,
                password=PASSWORD,
                totp_secret=secret,
                sealing=self.services["auth"].api.state.sealing,
            )
        self.people[name] = Person(
            self, added.id, added.email, secret, browser(self.gateway.api), there == self.oakfield
        )
        return self.people[name]

    def concern(self, *, of: str = "Welfare Concern", about: str = "Rowan", **more: Any) -> dict[str, Any]:
        return {
            "narrative": 'Rowan said "I do not want to go home".',
            "occurred_at": datetime.now(UTC).isoformat(),
            "category_ids": [str(self.categories[of])],
            "pupils": [{"pupil_id": str(self.pupils[about]), "part": "subject"}],
            **more,
        }

    async def work(self, service: str, *, only: str | None = None) -> None:
        """Begin the workers of a service, or one of them; they end with the test."""
        stop = asyncio.Event()
        working = asyncio.create_task(self.services[service].work(stop, only=only))

        async def finish() -> None:
            stop.set()
            await working

        self.workers.push_async_callback(finish)

    async def alive(self) -> "House":
        """Everything works, and alerting knows who works here."""
        for service in self.services:
            await self.work(service)
        await self.known()
        return self

    async def known(self) -> None:
        """Waits until alerting has heard of everybody here, so that nobody is left out for having just come."""
        there = {str(person.id) for person in self.people.values() if person.here}
        trial = {"category_ids": [str(new_id())], "extra_staff_ids": sorted(there)}
        until = monotonic() + 20
        told: set[str] = set()
        while told != there:
            assert monotonic() < until, "alerting has not heard of everybody within 20 seconds"
            await asyncio.sleep(0.05)
            tried = await self.people["okafor"].post("/alert-rules/try", json=trial)
            told = {one["staff_id"] for one in tried.json()["told"]}

    async def alert(self, person: Person, incident_id: UUID) -> None:
        """What the incident service does when it hears that somebody was alerted."""
        event = AlertRaised(alert_id=new_id(), incident_id=incident_id, staff_id=person.id, why=[Why.RULE])
        envelope = Envelope(
            id=new_id(),
            type=event.TYPE,
            source="/heed/alerting",
            time=datetime.now(UTC),
            subject=incident_id,
            school_id=self.oakfield,
            version=1,
        )
        async with self.services["incident"].api.state.db.begin(Scope(self.oakfield)) as session:
            await note_reader(session, envelope, event)


def hold_to_its_description(method: str, path: str, answer: httpx.Response) -> None:
    """Answers are handed on as the services give them: each has to be what the description of the API says it is."""
    if answer.is_error:
        assert answer.headers["content-type"] == "application/problem+json", answer.text
        return
    for route in (route for router in API_ROUTERS for route in router.routes if isinstance(route, APIRoute)):
        if method in (route.methods or ()) and route.path_regex.match(path):
            described = route.responses[answer.status_code]
            if "model" in described:
                described["model"].model_validate_json(answer.content)
            elif "content" in described:
                assert answer.headers["content-type"].partition(";")[0] in described["content"]
            else:
                assert answer.content == b""
            return
    raise AssertionError(f"{method} {path} is described nowhere")


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(new_id())}


CREATE = {"auth": create_auth, "incident": create_incident, "alerting": create_alerting}
SETTINGS = {"auth": AuthSettings, "incident": IncidentSettings, "alerting": AlertingSettings}


@pytest.fixture
async def house(empty_cluster: Cluster) -> AsyncIterator[House]:
    async with house_over(empty_cluster) as made:
        yield made


@asynccontextmanager
async def house_over(cluster: Cluster, *, opened: bool = True) -> AsyncIterator[House]:
    peers, services = Peers(), {}
    bus = connect(cluster.bus_url, client_id="test-gateway")
    for name, create in CREATE.items():
        own = {
            "database_url": SecretStr(cluster.url(name)),
            "worker_database_url": SecretStr(cluster.url(name, "worker")),
        }
        services[name] = create(SETTINGS[name]().model_copy(update=SECRETS | own), peers=peers, bus=bus)  # type: ignore[operator]
        peers.register(name, services[name].api)
        await services[name].start()
    async with AsyncExitStack() as workers:
        made = House(services, gateway_of(peers), peers, workers)
        yield await made.open() if opened else made
    for person in made.people.values():
        await person.http.aclose()
    for service in services.values():
        await service.stop()
    await peers.close()
    await bus.close()
