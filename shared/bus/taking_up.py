"""Taking up by itself what was set aside because something it needs was not there yet; the rest waits for a person."""

import asyncio
from collections.abc import Iterator, Mapping
from typing import Final

import structlog
from sqlalchemy import text

from shared.bus.effect import Handler
from shared.bus.failures import NotYet
from shared.bus.parking import ParkedKey, parked_keys
from shared.bus.replay import Replay
from shared.contracts.events import Event
from shared.db import Database, Scope

PAUSE_SECONDS: Final = 10.0
FAILURES: Final = 50
"""Of one round. What was tried least often comes first, so that none is kept from its turn by others."""

_log = structlog.get_logger(__name__)


class TakingUp:
    """Of one consumer. Beside every member of it; one of them is at it in each round."""

    def __init__(
        self,
        *,
        consumer: str,
        db: Database,
        worker_db: Database,
        handlers: Mapping[type[Event], Handler],
        pause_seconds: float = PAUSE_SECONDS,
    ) -> None:
        self._consumer = consumer
        self._worker_db = worker_db
        self._replay = Replay(consumer=consumer, db=db, worker_db=worker_db, handlers=handlers)
        self._pause = pause_seconds

    async def now_and_then(self) -> None:
        while True:
            await asyncio.sleep(self._pause)
            try:
                await self.round()
            except Exception as problem:
                # What waits is in the database, and the next round may go better.
                _log.warning("runner.taking_up_failed", consumer=self._consumer, error=type(problem).__name__)

    async def round(self) -> None:
        """Try what may go by now, unless another does."""
        async with self._worker_db.begin(Scope()) as leading:
            if not await leading.scalar(_LEAD, {"consumer": self._consumer}):
                return
            waiting = [key for key in await parked_keys(self._worker_db, self._consumer) if came_too_early(key)]
            failed = 0
            for key in sorted(waiting, key=lambda key: (key.attempts, key.since)):
                if failed == FAILURES:
                    return
                if await self._replay.run(key) is None:
                    _log.info("runner.taken_up", consumer=self._consumer, topic=key.topic, key=str(key.key))
                else:
                    failed += 1


def came_too_early(parked: ParkedKey) -> bool:
    """Whether the last try of it failed for that."""
    return parked.reason.split(" ")[0] in {kind.__name__ for kind in _kinds_of(NotYet)}


def _kinds_of(kind: type[Exception]) -> Iterator[type[Exception]]:
    yield kind
    for narrower in kind.__subclasses__():
        yield from _kinds_of(narrower)


_LEAD: Final = text("SELECT pg_try_advisory_xact_lock(hashtext('heed taking up'), hashtext(:consumer))")
