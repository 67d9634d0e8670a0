"""Leases: several senders share the queue, each mail is one sender's for a while, a dead sender's come free again.

No write here waits for the disk. What a crash of the database takes with it is done again: a lease taken, the same
letter written, and at worst the mail sent once more with its Message-ID.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text

from shared.db import Database, Scope
from shared.ids import new_id
from shared.mail import MailState


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that is ours until the lease ends. `was` is its state before."""

    id: UUID
    school_id: UUID
    kind: str
    staff_id: UUID
    link: str
    message_id: str
    bytes: bytes | None
    attempts: int
    created_at: datetime
    was: MailState

    @property
    def waiting(self) -> MailState:
        """What it is when it is not in hand: one that may have been sent stays one that may have been sent."""
        return MailState.PREPARED if self.was is MailState.PREPARED else MailState.UNKNOWN


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a mail. `wait` is in seconds; None leaves its time as it was. `error` is a code, never a text."""

    mail: Mail
    state: MailState
    error: str | None = None
    wait: float | None = None
    tried: bool = True


class MailLeases:
    def __init__(self, worker_db: Database, *, seconds: float) -> None:
        self._db = worker_db
        self._seconds = seconds
        self._owner = new_id()

    async def take(self, limit: int) -> list[Mail]:
        """The mails that are due, the longest waiting first: ours now."""
        async with self._db.begin(Scope()) as session:
            rows = await session.execute(_TAKE, {"owner": self._owner, "seconds": self._seconds, "limit": limit})
            found = sorted(rows, key=lambda row: (row.next_try_at, row.id))
        return [
            Mail(
                id=row.id,
                school_id=row.school_id,
                kind=row.kind,
                staff_id=row.staff_id,
                link=row.link,
                message_id=row.message_id,
                bytes=row.bytes,
                attempts=row.attempts,
                created_at=row.created_at,
                was=MailState(row.was),
            )
            for row in found
        ]

    async def keep(self, letters: Sequence[tuple[Mail, bytes]]) -> set[UUID]:
        """Store what will be sent, before it is; the ids of those that are still ours to send."""
        async with self._db.begin(Scope()) as session:
            given = {"ids": [mail.id for mail, _ in letters], "letters": [letter for _, letter in letters]}
            return set(await session.scalars(_KEEP, {"owner": self._owner, **given}))

    async def settle(self, outcomes: Sequence[Outcome]) -> None:
        """Write down what became of mails, and let go of them. What somebody took over meanwhile is left alone."""
        columns = {
            "ids": [outcome.mail.id for outcome in outcomes],
            "states": [outcome.state.value for outcome in outcomes],
            "errors": [outcome.error for outcome in outcomes],
            "waits": [outcome.wait for outcome in outcomes],
            "tries": [int(outcome.tried) for outcome in outcomes],
        }
        async with self._db.begin(Scope()) as session:
            await session.execute(_SETTLE, {"owner": self._owner, **columns})


# The database's clock throughout, for senders on several machines have several. What each statement returns last lets
# its commit not wait for the disk, without a question of its own.
_TAKE: Final = text(
    """
    WITH due AS (
        SELECT id, state FROM mail
        WHERE sent_at IS NULL AND next_try_at <= now()
            AND (state IN ('prepared', 'unknown') OR (state = 'sending' AND lease_until <= now()))
        ORDER BY next_try_at, id LIMIT :limit FOR UPDATE SKIP LOCKED
    )
    UPDATE mail SET state = 'sending', lease_owner = :owner, lease_until = now() + make_interval(secs => :seconds)
    FROM due WHERE mail.id = due.id
    RETURNING mail.id, school_id, kind, staff_id, link, message_id, bytes, attempts, created_at, next_try_at,
        due.state AS was, set_config('synchronous_commit', 'off', true)
    """
)

_KEEP: Final = text(
    """
    UPDATE mail SET bytes = kept.letter
    FROM unnest(CAST(:ids AS uuid[]), CAST(:letters AS bytea[])) AS kept (id, letter)
    WHERE mail.id = kept.id AND mail.lease_owner = :owner AND mail.bytes IS NULL
    RETURNING mail.id, set_config('synchronous_commit', 'off', true)
    """
)

# A failed mail is never due again; its time says so to the index that finds those that are.
_SETTLE: Final = text(
    """
    UPDATE mail SET state = became.state, error = became.error, attempts = attempts + became.tries,
        sent_at = CASE WHEN became.state = 'sent' THEN now() END,
        next_try_at = CASE
            WHEN became.state = 'failed' THEN 'infinity'
            WHEN became.wait IS NULL THEN next_try_at
            ELSE now() + make_interval(secs => became.wait)
        END,
        lease_owner = NULL, lease_until = NULL
    FROM unnest(
        CAST(:ids AS uuid[]), CAST(:states AS text[]), CAST(:errors AS text[]), CAST(:waits AS float[]),
        CAST(:tries AS integer[])
    ) AS became (id, state, error, wait, tries)
    WHERE mail.id = became.id AND mail.lease_owner = :owner
    RETURNING set_config('synchronous_commit', 'off', true)
    """
)
