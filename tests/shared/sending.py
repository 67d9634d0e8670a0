"""A queue in a real database with senders that work on it, for the tests of the sender."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from email.message import EmailMessage
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from shared.addresses import Address
from shared.db import Scope
from shared.errors import Unavailable
from shared.mail import MailKind, queue_mail
from shared.mail_patience import Patience
from shared.sender import Sender
from shared.settings import HouseSettings
from tests.conftest import Cluster
from tests.post_office import PostOffice

OAKFIELD, MEADOW = uuid4(), uuid4()
SCHOOLS = {OAKFIELD: "Oakfield Primary", MEADOW: "Meadow Lane"}
QUICK = Patience(first=0.1, longest=0.2)


class Book:
    """Who has which address; the door to auth may be shut."""

    def __init__(self, *names: str) -> None:
        self.people = {uuid4(): name for name in names}
        self.schools = dict(SCHOOLS)
        self.shut = False
        self.asked = 0

    def add(self, email: str) -> UUID:
        staff_id = uuid4()
        self.people[staff_id] = email
        return staff_id

    async def __call__(self, staff_ids: Collection[UUID]) -> Mapping[UUID, Address]:
        self.asked += 1
        if self.shut:
            raise Unavailable("auth", "")
        return {s: Address(self.people[s], "Rivermead", dict(self.schools)) for s in staff_ids if s in self.people}


class Queue:
    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.db = cluster.database("house")
        self.worker_db = cluster.database("house", "worker")
        self.book = Book()

    async def close(self) -> None:
        await self.db.close()
        await self.worker_db.close()

    async def put(self, *emails: str, school_id: UUID = OAKFIELD, kind: MailKind = MailKind.ALERT) -> list[UUID]:
        people = [self.book.add(email) for email in emails]
        async with self.db.begin(Scope(school_id)) as session:
            return [
                await queue_mail(session, kind=kind, school_id=school_id, staff_id=staff_id, path=f"/alerts/{uuid4()}")
                for staff_id in people
            ]

    async def rows(self) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.cluster.admin("house"))
        try:
            return list(await connection.fetch("SELECT * FROM mail ORDER BY created_at, id"))
        finally:
            await connection.close()

    async def states(self) -> list[str]:
        return [row["state"] for row in await self.rows()]

    async def execute(self, statement: str, *given: Any) -> None:
        connection = await asyncpg.connect(self.cluster.admin("house"))
        try:
            await connection.execute(statement, *given)
        finally:
            await connection.close()

    def settings(self, office: PostOffice, **rest: Any) -> HouseSettings:
        # "none" and 127.0.0.1: a test that is not about security does without.
        port = rest.pop("smtp_port", None) or office.port
        given = {"smtp_port": port, "smtp_security": "none", "public_url": "https://heed.school.example", **rest}
        return HouseSettings(**given)

    def sender(self, office: PostOffice, *, settings: HouseSettings | None = None, **rest: Any) -> Sender:
        given: dict[str, Any] = {"poll_seconds": 0.05, "smtp_seconds": 1.0, "lease_seconds": 10.0, "patience": QUICK}
        settings = settings or self.settings(office)
        sender = Sender(worker_db=self.worker_db, settings=settings, addresses=self.book, **(given | rest))
        self.db.on_mail(sender.wake)
        return sender

    @asynccontextmanager
    async def sending(self, *senders: Sender) -> AsyncIterator[None]:
        stop = asyncio.Event()
        running = [asyncio.create_task(sender.run(stop)) for sender in senders]
        try:
            yield
        finally:
            stop.set()
            await asyncio.wait_for(asyncio.gather(*running), 8)

    async def until_all(self, *states: str, seconds: float = 15.0) -> None:
        await until(lambda: self._all(states), seconds=seconds)

    async def _all(self, states: tuple[str, ...]) -> bool:
        found = await self.states()
        return bool(found) and set(found) <= set(states)


def words_of(letter: EmailMessage) -> dict[str, str]:
    """The bodies of a letter by their type."""
    leaves = [part for part in letter.walk() if not part.is_multipart()]
    return {part.get_content_type(): str(part.get_content()) for part in leaves if isinstance(part, EmailMessage)}


async def until(holds: Callable[[], Any], *, seconds: float = 15.0) -> None:
    """Wait for what will be so; fails when it is not by then."""
    deadline = time.monotonic() + seconds
    while True:
        found = holds()
        if await found if asyncio.iscoroutine(found) else found:
            return
        assert time.monotonic() < deadline, "it did not come about in time"
        await asyncio.sleep(0.02)
