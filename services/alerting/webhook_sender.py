"""Tells schools' own systems, signed by Standard Webhooks: at least once each, with the same id at every try."""

import asyncio
import contextlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from pydantic import SecretStr
from standardwebhooks import Webhook as Signature

from services.alerting.domain.webhooks import WAITS
from services.alerting.queries.webhooks import schools_with_any
from services.alerting.service.webhook_outcomes import Due, did_not_take, take, took
from services.alerting.service.webhooks import sealing
from services.alerting.webhook_post import Poster, Undelivered
from shared.db import Database, Scope
from shared.logging import describe

AT_ONCE: Final = 10
"""Of one school; all of them are over before a lease is."""
SCHOOLS_AT_ONCE: Final = 8

_log = structlog.get_logger(__name__)


class WebhookSender:
    """A worker. Several may run and share what is due. No transaction is open while somebody's system is waited for."""

    def __init__(
        self,
        db: Database,
        *,
        key_secret: SecretStr,
        poster: Poster,
        waits: Sequence[timedelta] = WAITS,
        poll_seconds: float = 3.0,
    ) -> None:
        self._db = db
        self._key_secret = key_secret
        self._poster = poster
        self._waits = waits
        self._poll = poll_seconds

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await self.round()
            except Exception as problem:
                # What is due is in the database, and the next round may go better.
                _log.warning("the webhooks wait", **describe(problem))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self._poll)

    async def round(self) -> None:
        """Try once whatever is due now, a batch of each school."""
        async with self._db.begin(Scope()) as session:
            schools = await schools_with_any(session)
        turns = asyncio.Semaphore(SCHOOLS_AT_ONCE)
        await asyncio.gather(*(self._carry(school_id, turns) for school_id in schools))

    async def _carry(self, school_id: UUID, turns: asyncio.Semaphore) -> None:
        async with turns:
            async with self._db.begin(Scope(school_id)) as session:
                due = await take(session, school_id, AT_ONCE)
            outcomes = await asyncio.gather(*(self._send(one) for one in due))
            for one, problem in zip(due, outcomes, strict=True):
                async with self._db.begin(Scope(school_id)) as session:
                    if problem is None:
                        await took(session, school_id, one)
                    else:
                        await did_not_take(session, school_id, one, problem, self._waits)

    async def _send(self, due: Due) -> Undelivered | None:
        try:
            body = body_of(due)
            await self._poster.post(due.url, body.encode(), self._headers(due, body))
        except Undelivered as problem:
            return problem
        except Exception as problem:
            # Whatever it is, it is this one's and holds up no other.
            _log.warning("a webhook was not sent", **describe(problem))
            return Undelivered("not-sent")
        return None

    def _headers(self, due: Due, body: str) -> dict[str, str]:
        secret = sealing(self._key_secret, due.webhook_id).open(due.secret).decode()
        now = datetime.now(UTC)
        return {
            "content-type": "application/json",
            "user-agent": "Heed webhooks",
            "webhook-id": str(due.id),
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Signature(secret).sign(str(due.id), now, body),
        }


def body_of(due: Due) -> str:
    """The same at every try."""
    said = {"type": due.type, "timestamp": due.made_at.isoformat(), "data": due.data}
    return json.dumps(said, separators=(",", ":"), sort_keys=True)
