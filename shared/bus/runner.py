"""The runner: takes a group's messages and gives each its effect once, in order per key."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus.api import Bus
from shared.contracts.envelope import Envelope
from shared.contracts.events import Event
from shared.db import Database

Handler = Callable[[AsyncSession, Envelope, Event], Awaitable[None]]


class Runner:
    """A worker."""

    def __init__(
        self,
        *,
        consumer: str,
        bus: Bus,
        db: Database,
        worker_db: Database,
        handlers: Mapping[type[Event], Handler],
        topics: Sequence[str],
    ) -> None:
        self._consumer = consumer
        self._bus = bus
        self._db = db
        self._worker_db = worker_db
        self._handlers = handlers
        self._topics = tuple(topics)

    async def run(self, stop: asyncio.Event) -> None:
        await stop.wait()
