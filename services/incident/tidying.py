"""Clears away what was kept for a day only."""

import asyncio
import contextlib
from datetime import UTC, datetime
from typing import Final

from services.incident.queries.roll_imports import due
from services.incident.service import forget_import
from shared.db import Database, Scope

EVERY_SECONDS: Final = 300.0


class Tidier:
    """Looks every few minutes; several of them do the same work twice and no harm."""

    def __init__(self, db: Database, *, every: float = EVERY_SECONDS) -> None:
        self._db = db
        self._every = every

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await self.tidy(datetime.now(UTC))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self._every)

    async def tidy(self, now: datetime) -> int:
        """Forget every file whose day is over, each within its own school. Returns how many there were."""
        async with self._db.begin(Scope()) as session:
            found = await due(session, now)
        for one in found:
            async with self._db.begin(Scope(one.school)) as session:
                await forget_import(session, school_id=one.school, import_id=one.import_id)
        return len(found)
