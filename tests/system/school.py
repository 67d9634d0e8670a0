"""A small school in a house, made by the functions that `heed staff add` uses, and its people as they use the API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import pyotp
from pydantic import SecretStr
from sqlalchemy import select

from services.auth import service as auth
from services.auth.domain import TOTP_SECONDS, new_totp_secret
from services.auth.models import Trust
from services.auth.sealing import Sealing
from shared.contracts.words import Role
from shared.db import Database, Scope

PASSWORD = "nine grey herons by the weir"
COLUMNS = "UPN,Surname,Forename,Date of birth,Sex,Year group,Class"
PUPILS = (
    ",Adeyemi,Rowan,2017-03-12,M,4,4B",
    ",Adeyemi,Ife,2020-05-01,F,1,1A",
    ",Khan,Aisha,2018-01-09,F,3,3A",
)
PRESENT_PUPIL_STARTS = ("row", "ife", "ais")


@dataclass(frozen=True, slots=True)
class Person:
    """Who is to be on the staff."""

    name: str
    roles: tuple[Role, ...]
    classes: tuple[str, ...] = ()
    surname: str = ""
    forename: str = ""
    email: str = ""


PEOPLE = (
    Person("head", (Role.HEAD,)),
    Person("lead", (Role.LEAD_DSL,)),
    Person("senco", (Role.SENCO,)),
    Person("assistant", (Role.TEACHING_ASSISTANT,), ("4B",)),
    Person("teacher", (Role.TEACHER,), ("4B",)),
    Person("other", (Role.TEACHER,), ("1A",)),
)


@dataclass
class Member:
    """One person with a browser of their own: cookies, the token a script repeats, and an authenticator."""

    http: httpx.AsyncClient
    id: UUID
    email: str
    totp: str
    csrf: str = ""
    _last_step: int = 0

    async def sign_in(self, *, code: bool = True) -> "Member":
        answer = await self.http.post("/api/v1/sign-in", json={"email": self.email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        self.csrf = answer.json()["csrf_token"]
        if code:
            assert (await self.post("/sign-in/code", json={"code": self.code()})).status_code == 204
        return self

    async def elevate(self) -> "Member":
        answer = await self.post("/elevate", json={"code": self.code()})
        assert answer.status_code == 204, answer.text
        return self

    def code(self) -> str:
        """A code is taken once; the one before and the one after are taken too, so there are three in a row."""
        step = max(self._last_step + 1, int(datetime.now(UTC).timestamp()) // TOTP_SECONDS - 1)
        self._last_step = step
        return pyotp.TOTP(self.totp).generate_otp(step)

    async def get(self, path: str, **rest: Any) -> httpx.Response:
        return await self.ask("GET", path, **rest)

    async def post(self, path: str, **rest: Any) -> httpx.Response:
        return await self.ask("POST", path, **rest)

    async def ask(self, method: str, path: str, **rest: Any) -> httpx.Response:
        headers = {"X-CSRF-Token": self.csrf, **rest.pop("headers", {})}
        return await self.http.request(method, f"/api/v1{path}", headers=headers, **rest)


@dataclass
class School:
    id: UUID
    members: dict[str, Member]
    pupils: dict[str, UUID] = field(default_factory=dict)
    categories: dict[str, UUID] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Member:
        return self.members[name]

    def concern(self, *, of: str = "Welfare Concern", about: str = "Rowan Adeyemi", **more: Any) -> dict[str, Any]:
        return {
            "narrative": 'Rowan said "I do not want to go home".',
            "occurred_at": datetime.now(UTC).isoformat(),
            "category_ids": [str(self.categories[of])],
            "pupils": [{"pupil_id": str(self.pupils[about]), "part": "subject"}],
            **more,
        }

    async def import_roll(self, rows: Sequence[str] = PUPILS, starts: Sequence[str] = PRESENT_PUPIL_STARTS) -> None:
        """By the lead DSL, elevated; then who is on it, and which categories there are, by name."""
        lead = self["lead"]
        file = "\n".join((COLUMNS, *rows))
        answer = await lead.post("/roll", content=file.encode(), headers={"content-type": "text/csv"})
        assert answer.status_code == 200, answer.text
        for start in starts:
            for found in (await lead.get("/pupils", params={"starts": start})).json()["pupils"]:
                self.pupils[found["name"]] = UUID(found["id"])
        rows_shown = (await lead.get("/categories")).json()["categories"]
        names = {row["id"]: row["name"] for row in rows_shown}
        for row in rows_shown:
            above = f"{names[row['parent_id']]}/" if row["parent_id"] else ""
            self.categories[above + row["name"]] = UUID(row["id"])


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


async def register(
    environment: Mapping[str, str],
    gateway_url: str,
    *,
    people: Sequence[Person] = PEOPLE,
    name: str = "Rowan Lane",
    transport: httpx.AsyncBaseTransport | None = None,
) -> School:
    """A trust (the first time), a school and its staff, in the database that `environment` names.

    `transport`: to a gateway in this process; otherwise people go to `gateway_url` over HTTP.
    """
    db = Database(environment["HEED_AUTH_DATABASE_URL"], name="test-auth")
    sealing = Sealing(SecretStr(environment["HEED_KEY_SECRET"]))
    mark = uuid4().hex[:8]
    try:
        async with db.begin(Scope()) as session:
            if await session.scalar(select(Trust.id)) is None:
                await auth.create_trust(session, acting_staff=None, name="Rivermead")
            school = await auth.register_school(session, acting_staff=None, name=name, short_name=name, phase="primary")
        members = {}
        for person in people:
            http = httpx.AsyncClient(base_url=gateway_url, transport=transport, trust_env=False, timeout=10)
            members[person.name] = await _add(db, sealing, school.id, person, mark, http)
    finally:
        await db.close()
    return School(school.id, members)


async def _add(
    db: Database, sealing: Sealing, school_id: UUID, person: Person, mark: str, http: httpx.AsyncClient
) -> Member:
    secret = new_totp_secret()
    email = person.email or f"{person.name}.{mark}@rowan-lane.example"
    async with db.begin(Scope(school_id)) as session:
        account = await auth.add_staff(
            session,
            acting_staff=None,
            school_id=school_id,
            email=email,
            title="Ms",
            forename=person.forename,
            surname=person.surname or person.name.capitalize(),
            roles=person.roles,
            classes=person.classes,
            password=PASSWORD,
            totp_secret=secret,
            sealing=sealing,
        )
    return Member(http, account.id, email, secret)


async def arrive(school: School) -> School:
    """Everybody is signed in with a second factor, the lead DSL is elevated, and the roll is there."""
    for member in school.members.values():
        await member.sign_in()
    await school["lead"].elevate()
    await school.import_roll()
    return school


async def leave(school: School) -> None:
    for member in school.members.values():
        await member.http.aclose()
