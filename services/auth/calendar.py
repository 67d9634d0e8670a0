"""Tells others what the calendar brings: an absence or a class's period begins and ends on a day when nobody writes."""

import asyncio
import contextlib
from datetime import UTC, datetime

from services.auth.queries import today
from services.auth.service.absence import schools, tell_what_began_or_ended
from shared.db import Database, Scope


class Calendar:
    """A worker. Looks every few minutes; what somebody changes meanwhile is told by the change itself."""

    def __init__(self, db: Database, *, poll_seconds: float = 120.0) -> None:
        self._db = db
        self._poll = poll_seconds

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            async with self._db.begin(Scope()) as session:
                every = await schools(session)
            for school_id in every:
                # A transaction for each school, so that none waits for another's.
                async with self._db.begin(Scope(school_id)) as session:
                    await tell_what_began_or_ended(session, school_id=school_id, today=today(datetime.now(UTC)))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self._poll)
