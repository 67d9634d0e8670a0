"""Leases: several senders share the queue, each mail is one sender's for a while, a dead sender's come free again.

No write here waits for the disk. What a crash of the database takes with it is done again: a lease taken, the same
letter written, and at worst the mail sent once more with its Message-ID.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from shared.db import Database
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
        """The mails that are due, the longest waiting first: ours now.

        To be asked with nothing in hand. What is ours by the table then was leased by an answer that never reached us,
        when the database went away: it is taken again at once, and does not wait for its lease to end.
        """
        rows = await self._db.alone(_TAKE, self._owner, self._seconds, limit)
        return [
            Mail(
                id=row["id"],
                school_id=row["school_id"],
                kind=row["kind"],
                staff_id=row["staff_id"],
                link=row["link"],
                message_id=row["message_id"],
                bytes=row["bytes"],
                attempts=row["attempts"],
                created_at=row["created_at"],
                was=MailState(row["was"]),
            )
            for row in sorted(rows, key=lambda row: (row["next_try_at"], row["id"]))
        ]

    async def keep(self, letters: Sequence[tuple[Mail, bytes]]) -> set[UUID]:
        """Store what will be sent, before it is; the ids of those that are still ours to send."""
        ids, written = [mail.id for mail, _ in letters], [letter for _, letter in letters]
        return {row["id"] for row in await self._db.alone(_KEEP, self._owner, ids, written)}

    async def settle(self, outcomes: Sequence[Outcome]) -> None:
        """Write down what became of mails, and let go of them. What somebody took over meanwhile is left alone."""
        columns = zip(
            *(
                (outcome.mail.id, outcome.state.value, outcome.error, outcome.wait, int(outcome.tried))
                for outcome in outcomes
            ),
            strict=True,
        )
        await self._db.alone(_SETTLE, self._owner, *map(list, columns))


# The database's clock throughout, for senders on several machines have several. What each statement returns last lets
# its commit not wait for the disk, without a question of its own.
_TAKE: Final = """
    WITH due AS (
        SELECT id, state FROM mail
        WHERE sent_at IS NULL AND next_try_at <= now()
            AND (state IN ('prepared', 'unknown') OR (state = 'sending' AND (lease_until <= now() OR lease_owner = $1)))
        ORDER BY next_try_at, id LIMIT $3 FOR UPDATE SKIP LOCKED
    )
    UPDATE mail SET state = 'sending', lease_owner = $1, lease_until = now() + make_interval(secs => $2)
    FROM due WHERE mail.id = due.id
    RETURNING mail.id, school_id, kind, staff_id, link, message_id, bytes, attempts, created_at, next_try_at,
        due.state AS was, set_config('synchronous_commit', 'off', true)
"""

_KEEP: Final = """
    UPDATE mail SET bytes = kept.letter
    FROM unnest($2::uuid[], $3::bytea[]) AS kept (id, letter)
    WHERE mail.id = kept.id AND mail.lease_owner = $1 AND mail.bytes IS NULL
    RETURNING mail.id, set_config('synchronous_commit', 'off', true)
"""

# A failed mail is never due again; its time says so to the index that finds those that are.
_SETTLE: Final = """
    UPDATE mail SET state = became.state, error = became.error, attempts = attempts + became.tries,
        sent_at = CASE WHEN became.state = 'sent' THEN now() END,
        next_try_at = CASE
            WHEN became.state = 'failed' THEN 'infinity'
            WHEN became.wait IS NULL THEN next_try_at
            ELSE now() + make_interval(secs => became.wait)
        END,
        lease_owner = NULL, lease_until = NULL
    FROM unnest(
        $2::uuid[], $3::text[], $4::text[], $5::float[], $6::integer[]
    ) AS became (id, state, error, wait, tries)
    WHERE mail.id = became.id AND mail.lease_owner = $1
    RETURNING set_config('synchronous_commit', 'off', true)
"""
