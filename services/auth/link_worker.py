"""Answers those who have forgotten their password, apart from the request in which they said so."""

import asyncio
import contextlib
from datetime import UTC, datetime

from services.auth.service import answer_link_requests
from shared.db import Database, Scope
from shared.mail_seal import MailSeal


class LinkWorker:
    """A worker. It polls and is not woken: work begun by a request could be felt in the time of its answer."""

    def __init__(self, db: Database, *, seal: MailSeal, poll_seconds: float = 1.0) -> None:
        self._db = db
        self._seal = seal
        self._poll = poll_seconds

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            async with self._db.begin(Scope()) as session:
                answered = await answer_link_requests(session, seal=self._seal, now=datetime.now(UTC))
            if not answered:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), self._poll)
