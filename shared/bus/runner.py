"""The runner: takes a group's messages and gives each its effect once, in order per key.

Keys run side by side, a key's events one after the other. An event that fails is tried again in its place; then its key
is parked (parking.py) and everything else flows on; what only came too early is taken up again by itself
(taking_up.py). A database that is away parks nothing: everybody waits.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

import structlog

from shared.bus.api import WINDOW, Bus, Consumer, with_dead_letters
from shared.bus.effect import Handler as Handler
from shared.bus.effect import HandlerOfSeveral as HandlerOfSeveral
from shared.bus.effect import Taken as Taken
from shared.bus.failures import Gate
from shared.bus.gathering import NONE_TOGETHER, Gathering
from shared.bus.lanes import Lanes
from shared.bus.ledger import Ledger, goes_on_everywhere
from shared.bus.parking import Parking
from shared.bus.settling import Settling
from shared.bus.taking_up import PAUSE_SECONDS, TakingUp
from shared.contracts.events import Event
from shared.contracts.registry import TOPICS
from shared.db import Database
from shared.faults import fault
from shared.inbox import prune

PAUSES: Final = (0.05, 0.2, 0.8, 3.2)
"""Seconds before the second, third … try of an event that may pass."""

SIDE_BY_SIDE: Final = 4
"""Transactions at a time. The pool of connections is shared with the requests."""

IDLE_SECONDS: Final = 0.5
BUSY_SECONDS: Final = 0.05
LAST_EFFECTS: Final = 4.0
LAST_COMMIT: Final = 1.0
PRUNE_SECONDS: Final = 3600.0
PARTITIONS: Final = 3

_log = structlog.get_logger(__name__)


class Runner:
    """A worker. Several of one consumer share its partitions.

    `together`: of which events several may have their effects in one transaction, and how; each is among `handlers`
    too, for when it has to be tried alone.
    """

    def __init__(
        self,
        *,
        consumer: str,
        bus: Bus,
        db: Database,
        worker_db: Database,
        handlers: Mapping[type[Event], Handler],
        topics: Sequence[str],
        together: Mapping[type[Event], HandlerOfSeveral] = NONE_TOGETHER,
        session_timeout: float = 10.0,
        pauses: Sequence[float] = PAUSES,
        taking_up_seconds: float = PAUSE_SECONDS,
    ) -> None:
        self._consumer = consumer
        self._bus = bus
        self._db = db
        self._worker_db = worker_db
        self._handlers = handlers
        self._topics = tuple(topics)
        self._together = together
        self._session_timeout = session_timeout
        self._pauses = tuple(pauses)
        self._taking_up = TakingUp(
            consumer=consumer, db=db, worker_db=worker_db, handlers=handlers, pause_seconds=taking_up_seconds
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Ends within 6 s of `stop`: what is begun is finished, what is not comes again."""
        await self._bus.ensure_topics(with_dead_letters({name: TOPICS.get(name, PARTITIONS) for name in self._topics}))
        consumer = self._bus.consumer(self._consumer, self._topics, session_timeout=self._session_timeout)
        parking = Parking(consumer=self._consumer, worker_db=self._worker_db)
        ledger = Ledger()
        lanes = Lanes(self._settling(parking), ledger)
        committing = asyncio.create_task(_commit_what_is_finished(consumer, ledger, lanes))
        beside = [
            asyncio.create_task(self._prune_now_and_then()),
            asyncio.create_task(self._taking_up.now_and_then()),
        ]
        try:
            await consumer.start()
            while not stop.is_set():
                # A partition that is full is opened again by the next question, so that one must not be long.
                timeout = BUSY_SECONDS if ledger.longest() > WINDOW // 2 else IDLE_SECONDS
                batch = await consumer.batch(limit=WINDOW, timeout=timeout)
                if not goes_on_everywhere(ledger, batch):
                    parking.forget()
                for message in batch:
                    if ledger.begin(message):
                        lanes.put(message)
                lanes.check()
                if committing.done():
                    committing.result()  # without it nothing would be committed any more: end, and be started again
        finally:
            for task in beside:
                task.cancel()
            await lanes.close(LAST_EFFECTS)
            ledger.changed.set()
            await asyncio.wait({committing}, timeout=LAST_COMMIT)
            committing.cancel()
            await asyncio.gather(*beside, committing, return_exceptions=True)
            await consumer.close()

    def _settling(self, parking: Parking) -> Settling:
        slots = asyncio.Semaphore(SIDE_BY_SIDE)
        return Settling(
            consumer=self._consumer,
            bus=self._bus,
            db=self._db,
            handlers=self._handlers,
            parking=parking,
            gate=Gate(self._db.ready, consumer=self._consumer),
            pauses=self._pauses,
            gathering=Gathering(self._consumer, self._db, self._together, slots),
            slots=slots,
        )

    async def _prune_now_and_then(self) -> None:
        while True:
            try:
                await prune(self._worker_db)
            except Exception as problem:
                _log.warning("runner.prune_failed", consumer=self._consumer, error=type(problem).__name__)
            await asyncio.sleep(PRUNE_SECONDS)


async def _commit_what_is_finished(consumer: Consumer, ledger: Ledger, lanes: Lanes) -> None:
    """One commit at a time; what finishes meanwhile goes together into the next."""
    while True:
        await ledger.changed.wait()
        ledger.changed.clear()
        upto = ledger.finished()
        if upto:
            await consumer.commit(upto)
            fault("runner.after_offset")
        elif lanes.closed:
            return
