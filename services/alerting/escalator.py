"""The escalator: sees to what was not read or not done in time, and to mails that waited. Times are stored: a restart
forgets none.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.alerting.models import KnownSchool
from services.alerting.queries.choices import whose_mails_are_due
from services.alerting.queries.duties import to_see_to
from services.alerting.queries.escalation import time_may_be_up
from services.alerting.service import duties
from services.alerting.service.waiting import send_held
from services.alerting.service.watching import escalate
from shared.db import Database, Scope
from shared.logging import describe

LEADER: Final = 0x6865_6564_0002  # "heed", 2: who escalates in this database
AT_ONCE: Final = 50
Matter = Callable[[AsyncSession], Awaitable[None]]

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
        """See to whatever is due now, unless another does. Each matter is a transaction of its own."""
        async with self._db.begin(Scope()) as leading:
            if not await leading.scalar(select(func.pg_try_advisory_xact_lock(LEADER))):
                return
            for school_id in (await leading.scalars(select(KnownSchool.id))).all():
                async with self._db.begin(Scope(school_id)) as session:
                    unread = await time_may_be_up(session, school_id, AT_ONCE)
                    owed = await to_see_to(session, school_id, AT_ONCE)
                    waiting = await whose_mails_are_due(session, school_id, AT_ONCE)
                for incident_id in unread:
                    await self._see_to(school_id, partial(escalate, school_id=school_id, incident_id=incident_id))
                for duty_id in owed:
                    await self._see_to(school_id, partial(duties.see_to, school_id=school_id, duty_id=duty_id))
                for staff_id in waiting:
                    await self._see_to(school_id, partial(send_held, school_id=school_id, staff_id=staff_id))

    async def _see_to(self, school_id: UUID, matter: Matter) -> None:
        try:
            async with self._db.begin(Scope(school_id)) as session:
                await matter(session)
        except Exception as problem:
            # One that cannot be seen to holds up no other: it is tried again in the next round.
            _log.warning("the escalator leaves one for the next round", school_id=str(school_id), **describe(problem))
