"""A consumer with a real database behind it: what comes over the bus, and the effects it had.

An effect is a row in the outbox, which every service has: its order tells in which order events were taken.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus.api import Bus, Message
from shared.bus.runner import Handler, Runner
from shared.contracts.auth import GroupChanged
from shared.contracts.envelope import Envelope, to_headers
from shared.contracts.events import Event
from shared.contracts.incident import PupilLeft
from shared.contracts.registry import encode
from shared.db import Database
from shared.ids import new_id
from shared.outbox import publish
from shared.telemetry import REGISTRY

if TYPE_CHECKING:
    from tests.shared.bus.conftest import Side

SCHOOL = new_id()


async def note(session: AsyncSession, envelope: Envelope, event: Event) -> None:
    """The effect of an event: a row with its key and version."""
    await publish(session, PupilLeft(pupil_id=event.key), school_id=envelope.school_id, version=envelope.version)


@dataclass
class Consuming:
    side: "Side"
    app_url: str
    worker_url: str
    admin_url: str
    bus: Bus = field(init=False)
    databases: list[Database] = field(default_factory=list)

    async def open(self) -> "Consuming":
        self.bus = await self.side.bus_with_topic()
        return self

    async def close(self) -> None:
        for database in self.databases:
            await database.close()

    def database(self, url: str) -> Database:
        self.databases.append(Database(url, pool_size=6))
        return self.databases[-1]

    def runner(self, handler: Handler | None = note, *, bus: Bus | None = None, **more: Any) -> Runner:
        handlers: Mapping[type[Event], Handler] = {GroupChanged: handler} if handler else {}
        settings = {"pauses": (0.01, 0.02), "session_timeout": self.side.session_timeout, **more}
        return Runner(
            consumer=self.side.group,
            bus=bus or self.bus,
            db=self.database(self.app_url),
            worker_db=self.database(self.worker_url),
            handlers=handlers,
            topics=[self.side.topic],
            **settings,
        )

    @asynccontextmanager
    async def running(self, *runners: Runner) -> AsyncIterator[None]:
        stop = asyncio.Event()
        tasks = [asyncio.create_task(runner.run(stop)) for runner in runners]
        try:
            yield
        finally:
            stop.set()
            async with asyncio.timeout(8):
                await asyncio.gather(*tasks)

    def message(self, key: UUID, version: int, *, school: UUID | None = SCHOOL, **more: Any) -> Message:
        event = GroupChanged(group_id=key, member_ids=[], active=True)
        envelope = Envelope(
            id=more.get("id") or new_id(),
            type=more.get("type") or event.TYPE,
            source="/heed/auth",
            time=datetime.now(UTC),
            subject=key,
            school_id=school,
            version=version,
            traceparent=more.get("traceparent"),
        )
        return Message(self.side.topic, str(key), more.get("value") or encode(event), tuple(to_headers(envelope)))

    async def ask(self, query: str) -> list[Any]:
        connection = await asyncpg.connect(self.admin_url)
        try:
            return list(await connection.fetch(query))
        finally:
            await connection.close()

    async def effects(self) -> list[tuple[UUID, int]]:
        """Key and version of each effect, in the order in which they were written."""
        rows = await self.ask(
            "SELECT key, (SELECT pair->>1 FROM jsonb_array_elements(headers) pair WHERE pair->>0 = 'ce_heedversion') "
            "AS version FROM outbox ORDER BY seq"
        )
        return [(row["key"], int(row["version"])) for row in rows]

    async def effects_of(self, key: UUID) -> list[int]:
        return [version for found, version in await self.effects() if found == key]

    async def caught_up(self) -> None:
        """Until the group has committed everything there is."""

        async def no_lag() -> bool:
            lags = await self.bus.lag(self.side.group)
            return bool(lags) and all(lag.messages == 0 for lag in lags)

        await until(no_lag)

    def count(self, outcome: str, event_type: str = GroupChanged.TYPE) -> float:
        labels = {"consumer": self.side.group, "event_type": event_type, "outcome": outcome}
        return REGISTRY.get_sample_value("heed_events_total", labels) or 0


async def until(holds: Callable[[], Awaitable[bool]], *, within: float = 60.0) -> None:
    deadline = asyncio.get_running_loop().time() + within
    while not await holds():
        assert asyncio.get_running_loop().time() < deadline, "it did not come to that in time"
        await asyncio.sleep(0.03)
