"""Takes away the drafts that nobody saved for 14 days."""

import asyncio
import contextlib
from typing import Final

import structlog

from services.incident.service.drafts import sweep
from shared.db import Database, Scope

EVERY: Final = 3600.0
log = structlog.get_logger()


class DraftSweeper:
    """A worker. Several at once do no harm: each deletes what it finds."""

    def __init__(self, db: Database, *, every_seconds: float = EVERY) -> None:
        self._db = db
        self._every = every_seconds

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            async with self._db.begin(Scope()) as session:
                gone = await sweep(session)
            if gone:
                log.info("old drafts are gone", count=gone)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self._every)
