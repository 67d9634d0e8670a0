"""Settling: one message brought to its end, and the decisions on the way when something goes wrong."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import structlog

from shared.bus.api import Bus, Message, Received, TooLarge, dead_letter_topic
from shared.bus.effect import Handler, give_effect
from shared.bus.failures import LONGEST_PAUSE, Gate, looks_away, may_pass, reason_of
from shared.bus.gathering import Apart, Gathering
from shared.bus.parking import Parking
from shared.contracts.envelope import Envelope
from shared.contracts.events import Event
from shared.contracts.registry import UnknownType, decode
from shared.db import Database
from shared.telemetry import EVENTS
from shared.tracing import enter, leave

_Result = TypeVar("_Result")
_log = structlog.get_logger(__name__)


@dataclass
class Settling:
    """Brings one message to its end: its effect, or set aside, or skipped. Returns only then."""

    consumer: str
    bus: Bus
    db: Database
    handlers: Mapping[type[Event], Handler]
    parking: Parking
    gate: Gate
    pauses: Sequence[float]
    gathering: Gathering
    slots: asyncio.Semaphore
    hurried: asyncio.Event = field(default_factory=asyncio.Event)

    def hurry(self) -> None:
        """Nobody waits for another try any more: its message comes again to whoever is next."""
        self.hurried.set()

    async def settle(self, message: Received) -> None:
        try:
            envelope, event = decode(message.headers, message.value)
        except UnknownType:
            self._count("unknown", "skipped")
            return
        except Exception as problem:
            await self._bury(message, reason_of(problem))
            self._count("unknown", "dead")
            return
        handler = self.handlers.get(type(event))
        outcome = "skipped"
        if handler is not None:
            token = enter(envelope.traceparent)
            try:
                outcome = await self._take(message, envelope, event, handler)
            finally:
                leave(token)
        self._count(envelope.type, outcome)

    def _count(self, event_type: str, outcome: str) -> None:
        EVENTS.labels(self.consumer, event_type, outcome).inc()

    async def _take(self, message: Received, envelope: Envelope, event: Event, handler: Handler) -> str:
        if await self._waits_behind(message, envelope):
            return "queued"
        if self.gate.is_open and self.gathering.takes(envelope, event):
            with contextlib.suppress(Apart):
                return "handled" if await self.gathering.give_effect(envelope, event) else "repeated"
        failed = 0
        while True:
            if not self.gate.is_open:
                await self._unless_hurried(self.gate.passed())
            try:
                async with self.slots:
                    first = await give_effect(self.db, self.consumer, handler, envelope, event)
                return "handled" if first else "repeated"
            except Exception as problem:
                if looks_away(problem) and await self._unless_hurried(self.gate.was_away()):
                    continue
                failed += 1
                reason = reason_of(problem)
                if failed > len(self.pauses) or not may_pass(problem):
                    return await self._park(message, envelope, reason, failed)
                self._tell(logging.WARNING, "runner.tried", message, envelope, reason=reason, attempts=failed)
            await self._unless_hurried(asyncio.sleep(self.pauses[failed - 1]))

    async def _waits_behind(self, message: Received, envelope: Envelope) -> bool:
        if not await self._until_it_works(lambda: self.parking.holds(message.topic, envelope.subject)):
            return False
        return await self._until_it_works(lambda: self.parking.queue_behind(message, envelope))

    async def _park(self, message: Received, envelope: Envelope, reason: str, attempts: int) -> str:
        self._tell(logging.ERROR, "runner.parked", message, envelope, reason=reason, attempts=attempts)
        await self._until_it_works(lambda: self.parking.park(message, envelope, reason=reason, attempts=attempts))
        return "parked"

    async def _bury(self, message: Received, reason: str) -> None:
        """To the dead-letter topic, as it came and why."""
        _log.error(
            "runner.dead",
            consumer=self.consumer,
            topic=message.topic,
            partition=message.partition,
            offset=message.offset,
            reason=reason,
        )
        why = (("heed-consumer", self.consumer.encode()), ("heed-reason", reason.encode()))
        await self._until_it_works(lambda: self._publish_dead(message, why))

    async def _publish_dead(self, message: Received, why: tuple[tuple[str, bytes], ...]) -> None:
        topic = dead_letter_topic(message.topic)
        try:
            await self.bus.publish([Message(topic, message.key, message.value, (*message.headers, *why))])
        except TooLarge:
            # As large as a message may be: then without the reason, which the log has.
            await self.bus.publish([Message(topic, message.key, message.value, message.headers)])

    def _tell(
        self, level: int, what: str, message: Received, envelope: Envelope, *, reason: str, attempts: int
    ) -> None:
        _log.log(
            level,
            what,
            consumer=self.consumer,
            topic=message.topic,
            partition=message.partition,
            offset=message.offset,
            event_id=str(envelope.id),
            event_type=envelope.type,
            key=str(envelope.subject),
            reason=reason,
            attempt=attempts,
        )

    async def _until_it_works(self, step: Callable[[], Awaitable[_Result]]) -> _Result:
        """A step that depends on servers, not on the message: its key keeps its place for as long as it takes."""
        pause = 0.1
        while True:
            try:
                return await step()
            except Exception as problem:
                _log.warning("runner.waits", consumer=self.consumer, reason=reason_of(problem))
            await self._unless_hurried(asyncio.sleep(pause))
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _unless_hurried(self, waiting: Coroutine[Any, Any, _Result]) -> _Result:
        """Wait for something; given up when this process is to end."""
        awaited, hurried = asyncio.create_task(waiting), asyncio.create_task(self.hurried.wait())
        try:
            await asyncio.wait({awaited, hurried}, return_when=asyncio.FIRST_COMPLETED)
            if not awaited.done():
                raise asyncio.CancelledError
            return awaited.result()
        finally:
            awaited.cancel()
            hurried.cancel()
