"""Replay: what waits of a parked key is taken in order, and the key is let go after the last."""

from collections.abc import Callable, Mapping
from typing import Final

from shared.bus.effect import Handler, give_effect
from shared.bus.failures import NotYet, looks_away, may_pass, reason_of
from shared.bus.parking import ParkedEvent, ParkedKey, mark_replayed, note_failure, waiting_events
from shared.contracts.events import Event
from shared.contracts.registry import UnknownType, decode
from shared.db import Database

ROUNDS: Final = 100
"""How often to look for what was added meanwhile. A key that keeps growing is left for the next replay."""


class Replay:
    """Of one consumer. Safe beside the running service, beside another replay, and when it is cut off anywhere.

    An event keeps its consumer's name in the inbox: it has no row there if it failed, and if it had its effect after
    all, by another way, its row is what keeps it from having it twice.
    """

    def __init__(
        self, *, consumer: str, db: Database, worker_db: Database, handlers: Mapping[type[Event], Handler]
    ) -> None:
        self._consumer = consumer
        self._db = db
        self._worker_db = worker_db
        self._handlers = handlers

    async def run(self, parked: ParkedKey, *, taken: Callable[[], None] = lambda: None) -> str | None:
        """None when the key is free; otherwise why its next event failed, which the key keeps too unless it may pass.

        `taken` is told of each event. Raises what the database raises when it is away.
        """
        for _ in range(ROUNDS):
            events = await waiting_events(self._worker_db, parked)
            if not events and await mark_replayed(self._worker_db, parked, None):
                return None
            for event in events:
                problem = await self._take(event)
                if problem is not None:
                    reason = reason_of(problem)
                    # What was busy for a moment says nothing of why the key was set aside.
                    passing = may_pass(problem) and not isinstance(problem, NotYet)
                    await note_failure(self._worker_db, parked, parked.reason if passing else reason)
                    return reason
                taken()
                if await mark_replayed(self._worker_db, parked, event):
                    return None
        return "events come faster than they are taken"

    async def _take(self, parked: ParkedEvent) -> Exception | None:
        try:
            envelope, event = decode(parked.headers, parked.value)
            handler = self._handlers.get(type(event))
            # What this version no longer handles, its runner would skip as well.
            if handler is not None:
                await give_effect(self._db, self._consumer, handler, envelope, event)
        except UnknownType:
            return None
        except Exception as problem:
            if looks_away(problem):
                # That says nothing about the event: its key keeps the reason it has.
                raise
            return problem
        return None
