"""The escalator: sees to the incidents whose time is up. Times are stored, so that a restart forgets none."""

import asyncio
import contextlib
from typing import Final

import structlog
from sqlalchemy import func, select

from services.alerting.models import KnownSchool
from services.alerting.queries.escalation import time_may_be_up
from services.alerting.service.watching import escalate
from shared.db import Database, Scope
from shared.logging import describe

LEADER: Final = 0x6865_6564_0002  # "heed", 2: who escalates in this database
AT_ONCE: Final = 50

_log = structlog.get_logger(__name__)


class Escalator:
    """A worker. Several may run; one leads in each round. Looks at one school after the other, as no login sees two."""

    def __init__(self, db: Database, *, poll_seconds: float = 10.0) -> None:
        self._db = db
        self._poll = poll_seconds

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await self.round()
            except Exception as problem:
                # The times are in the database, and the next round may go better.
                _log.warning("the escalator waits", **describe(problem))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self._poll)

    async def round(self) -> None:
        """See to whatever is due now, unless another does. Each incident is a transaction of its own."""
        async with self._db.begin(Scope()) as leading:
            if not await leading.scalar(select(func.pg_try_advisory_xact_lock(LEADER))):
                return
            for school_id in (await leading.scalars(select(KnownSchool.id))).all():
                async with self._db.begin(Scope(school_id)) as session:
                    due = await time_may_be_up(session, school_id, AT_ONCE)
                for incident_id in due:
                    async with self._db.begin(Scope(school_id)) as session:
                        await escalate(session, school_id=school_id, incident_id=incident_id)
