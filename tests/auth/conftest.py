"""Auth over a real database, with one trust, two schools and people who have names."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from email.message import EmailMessage
from time import monotonic
from typing import Any
from uuid import UUID

import httpx
import pyotp
import pytest
from pydantic import SecretStr

from services.auth import service
from services.auth.app import create_service
from services.auth.settings import AuthSettings
from shared.bus import connect
from shared.contracts.words import Role, TrustRole
from shared.db import Database, Scope
from shared.peers import Peers, ServiceTokens
from shared.service import Service
from tests.conftest import Cluster
from tests.post_office import PostOffice

PASSWORD = "three lamps over the canal"
PUBLIC_URL = "https://heed.rivermead.example"
SECRET = "s" * 40


@dataclass
class Person:
    id: UUID
    email: str
    totp: str

    def code(self, *, ahead: int = 0) -> str:
        """The code of now; one of the next step for who has used this one."""
        from time import time

        return pyotp.TOTP(self.totp).at(int(time()) + 30 * ahead)


@dataclass
class Session:
    house: "House"
    token: str
    answer: dict[str, Any]

    async def check(self, **rest: Any) -> httpx.Response:
        return await self.house.gateway(
            "/sessions/check", {"session": self.token, "audience": ["auth", "incident"], **rest}
        )

    async def ask(self, method: str, path: str, **rest: Any) -> httpx.Response:
        checked = await self.check()
        assert checked.status_code == 200, checked.text
        headers = {"Authorization": f"Bearer {checked.json()['tokens']['auth']}", **rest.pop("headers", {})}
        return await self.house.http.request(method, path, headers=headers, **rest)


@dataclass
class House:
    http: httpx.AsyncClient
    db: Database
    sealing: Any
    tokens: ServiceTokens
    service: Service
    office: PostOffice
    workers: AsyncExitStack
    oakfield: UUID = field(default_factory=lambda: UUID(int=1))
    harbour: UUID = field(default_factory=lambda: UUID(int=2))
    people: dict[str, Person] = field(default_factory=dict)

    async def work(self, *workers: str) -> None:
        """Begin these workers; they end with the test."""
        stop = asyncio.Event()
        working = [asyncio.create_task(self.service.work(stop, only=worker)) for worker in workers]

        async def finish() -> None:
            stop.set()
            await asyncio.gather(*working)

        self.workers.push_async_callback(finish)

    async def until(self, holds: Callable[[], Awaitable[Any]]) -> None:
        """Waits for what will be so."""
        end = monotonic() + 15
        while not await holds():
            assert monotonic() < end, "it did not come about within 15 seconds"
            await asyncio.sleep(0.02)

    async def mails(self, *, to: str, about: str) -> list[str]:
        """Waits for a mail to somebody whose subject says this much; the texts of all those there are then."""
        until = monotonic() + 15
        while True:
            found = [letter for letter in self.office.letters() if letter["To"] == to and about in letter["Subject"]]
            if found:
                return [text_of(letter) for letter in found]
            assert monotonic() < until, f"no mail to {to} about {about!r} within 15 seconds"
            await asyncio.sleep(0.02)

    async def link(self, *, to: str, about: str) -> str:
        """The secret of the link in the last of such mails."""
        (link,) = re.findall(
            rf"^{PUBLIC_URL}/password/([\w-]{{43}})$", (await self.mails(to=to, about=about))[-1], re.M
        )
        return str(link)

    async def gateway(self, path: str, body: dict[str, Any]) -> httpx.Response:
        return await self.http.post(path, json=body, headers=await self.tokens.headers("auth"))

    async def sign_in(self, name: str, password: str = PASSWORD, **rest: Any) -> httpx.Response:
        return await self.gateway("/sign-in", {"email": self.people[name].email, "password": password, **rest})

    async def session(self, name: str, *, sure: str = "elevated") -> Session:
        answer = await self.sign_in(name)
        assert answer.status_code == 200, answer.text
        found = Session(self, answer.json()["session"], answer.json())
        if sure != "password":
            path = "/sessions/elevate" if sure == "elevated" else "/sessions/second-factor"
            ahead = 0 if name not in self._used else 1
            self._used.add(name)
            given = await self.gateway(path, {"session": found.token, "code": self.people[name].code(ahead=ahead)})
            assert given.is_success, given.text
        return found

    _used: set[str] = field(default_factory=set)

    async def open(self) -> "House":
        async with self.db.begin(Scope()) as session:
            await service.create_trust(session, acting_staff=None, name="Rivermead")
            for name in ("oakfield", "harbour"):
                school = await service.register_school(
                    session, acting_staff=None, name=name.title(), short_name=name, phase="primary"
                )
                setattr(self, name, school.id)
        for name, role in (("boyle", Role.HEAD), ("okafor", Role.LEAD_DSL), ("haddad", Role.TEACHER)):
            await self.add(name, self.oakfield, role, classes=("6A",) if name == "haddad" else ())
        await self.add("frost", self.harbour, Role.LEAD_DSL)
        await self.add("dpo", None, trust_role=TrustRole.DATA_PROTECTION_OFFICER)
        await self.add("admin", None, trust_role=TrustRole.TRUST_ADMINISTRATOR)
        return self

    async def add(
        self,
        name: str,
        school_id: UUID | None,
        *roles: Role,
        trust_role: TrustRole | None = None,
        classes: tuple[str, ...] = (),
    ) -> Person:
        secret = pyotp.random_base32()
        async with self.db.begin(Scope(school_id)) as session:
            added = await service.add_staff(
                session,
                acting_staff=None,
                school_id=school_id,
                email=f"{name}@school.example",
                title="Ms",
                forename="A",
                surname=name.title(),
                roles=roles,
                trust_roles=[trust_role] if trust_role else [],
                classes=classes,
                password=PASSWORD,
                totp_secret=secret,
                sealing=self.sealing,
            )
        self.people[name] = Person(added.id, added.email, secret)
        return self.people[name]


def text_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert isinstance(body, EmailMessage)
    return str(body.get_content()).replace("\r\n", "\n")


@pytest.fixture
async def office() -> AsyncIterator[PostOffice]:
    async with PostOffice() as office:
        yield office


@pytest.fixture
async def house(untouched: House) -> House:
    return await untouched.open()


@pytest.fixture
async def untouched(empty_cluster: Cluster, office: PostOffice) -> AsyncIterator[House]:
    """Nobody is in it yet, and there is no trust."""
    settings = AuthSettings(key_secret=SecretStr("k" * 40), service_secret=SecretStr(SECRET)).model_copy(
        update={
            "database_url": SecretStr(empty_cluster.url("auth")),
            "worker_database_url": SecretStr(empty_cluster.url("auth", "worker")),
            "public_url": PUBLIC_URL,
            "smtp_port": office.port,
            "smtp_security": "none",
        }
    )
    peers = Peers()
    bus = connect(empty_cluster.bus_url, client_id="test-auth")
    made = create_service(settings, peers=peers, bus=bus)
    peers.register("auth", made.api)
    await made.start()
    state = made.api.state
    transport = httpx.ASGITransport(app=made.api)
    async with httpx.AsyncClient(transport=transport, base_url="http://auth.heed") as http:
        tokens = ServiceTokens(peers, name="gateway", secret=SECRET)
        async with AsyncExitStack() as workers:
            yield House(http, state.db, state.sealing, tokens, made, office, workers)
    await made.stop()
    await peers.close()
    await bus.close()
