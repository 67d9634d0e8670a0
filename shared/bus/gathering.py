"""Gathering: events that came together and may have their effects in one transaction.

What is there is taken, nothing is waited for. If anything in such a transaction fails, none of its events has had an
effect, and each is tried alone: who fails, is tried again and is parked is settled there, as if nothing had been.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final
from uuid import UUID

import structlog

from shared.bus.effect import HandlerOfSeveral, give_effects
from shared.bus.failures import reason_of
from shared.contracts.envelope import Envelope
from shared.contracts.events import Event
from shared.db import Database

MOST: Final = 50
"""Events in one transaction: a failure costs so many tries, and a lock is held for so long."""

NONE_TOGETHER: Final[Mapping[type[Event], HandlerOfSeveral]] = MappingProxyType({})

_log = structlog.get_logger(__name__)


class Apart(Exception):  # noqa: N818 - a fact about events
    """The events could not have their effects together."""


@dataclass
class _Waiting:
    envelope: Envelope
    event: Event
    first: asyncio.Future[bool] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Gathering:
    """Of one consumer. `slots` are the transactions it may have at a time."""

    def __init__(
        self, consumer: str, db: Database, handlers: Mapping[type[Event], HandlerOfSeveral], slots: asyncio.Semaphore
    ) -> None:
        self._consumer = consumer
        self._db = db
        self._handlers = handlers
        self._slots = slots
        self._waiting: dict[tuple[HandlerOfSeveral, UUID], list[_Waiting]] = {}

    def takes(self, envelope: Envelope, event: Event) -> bool:
        return envelope.school_id is not None and type(event) in self._handlers

    async def give_effect(self, envelope: Envelope, event: Event) -> bool:
        """Whether it was the first time. Raises Apart when it has to be tried alone."""
        assert envelope.school_id is not None
        handler, waits = self._handlers[type(event)], _Waiting(envelope, event)
        group = self._waiting.setdefault((handler, envelope.school_id), [])
        group.append(waits)
        # Whoever came by the same fetch gets as far as this too.
        await asyncio.sleep(0)
        async with self._slots:
            while waits in group:
                together, group[:] = group[:MOST], group[MOST:]
                await self._together(handler, together)
        return await waits.first

    async def _together(self, handler: HandlerOfSeveral, together: Sequence[_Waiting]) -> None:
        events = [(waits.envelope, waits.event) for waits in together]
        try:
            for waits, first in zip(
                together, await give_effects(self._db, self._consumer, handler, events), strict=True
            ):
                if not waits.first.done():
                    waits.first.set_result(first)
        except BaseException as problem:
            _log.info("runner.apart", consumer=self._consumer, reason=reason_of(problem), count=len(together))
            for waits in together:
                if not waits.first.done():
                    waits.first.set_exception(Apart())
                    # Whoever was told to stop does not come to hear it.
                    waits.first.exception()
            if not isinstance(problem, Exception):
                raise
