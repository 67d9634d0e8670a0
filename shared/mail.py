"""The mail queue: a mail is a row of the transaction whose fact it tells, and the sender carries it to the mail server.

A row says who is to be told, of which school, and where to look: no address and no word of what happened.
"""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Column, DateTime, MetaData, Table, Text, Uuid, func
from sqlalchemy.ext.asyncio import AsyncSession

from shared.ids import new_id
from shared.mail_seal import MailSeal
from shared.rows import write_rows


class MailKind(StrEnum):
    """What a mail tells. Its words are in the folder of that name under `shared/mails`."""

    ALERT = "alert"
    ESCALATION = "escalation"
    INVITATION = "invitation"
    JOINED = "joined"
    PASSWORD = "password"  # noqa: S105 - what the mail is about
    NEW_DEVICE = "new-device"
    SECOND_FACTOR_RESET = "second-factor-reset"
    SECOND_FACTOR_RESET_TOLD = "second-factor-reset-told"
    TEAM_ROLE = "team-role"
    RECOVERY_CODE = "recovery-code"
    DUTY = "duty"
    DUTY_OVERDUE = "duty-overdue"
    WEBHOOK_OFF = "webhook-off"
    RULES_CHANGED = "rules-changed"
    CATEGORY_WEIGHED = "category-weighed"
    TOLD_AUTHOR = "told-author"
    SIGN_IN_WAY = "sign-in-way"
    BREAK_GLASS = "break-glass"
    DIGEST = "digest"


class MailState(StrEnum):
    PREPARED = "prepared"
    """Waits for its time: for the first try, or for the next after the mail server said "later"."""
    SENDING = "sending"
    """Leased. Once the lease has ended it is as good as unknown."""
    UNKNOWN = "unknown"
    """Handed over without an answer. Sent again with the same Message-ID, which mail programs show once."""
    SENT = "sent"
    FAILED = "failed"
    """Given up: counted, with a code that says why. The alert itself is in the house all the same."""


mail: Final = Table(
    "mail",
    MetaData(),
    Column("id", Uuid, primary_key=True),
    Column("school_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("staff_id", Uuid, nullable=False),
    Column("link", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    # By the clock of the database, as the sender asks: a mail is due at once, whatever time it is where it is queued.
    Column("next_try_at", DateTime(timezone=True), nullable=False, default=func.now()),
    Column("created_at", DateTime(timezone=True), nullable=False),
)


async def queue_mail(
    session: AsyncSession,
    *,
    kind: MailKind,
    school_id: UUID,
    staff_id: UUID,
    path: str,
    seal: MailSeal | None = None,
) -> UUID:
    """Put a mail to one member of staff into the queue of the caller's transaction; returns the mail's id.

    `path` is where its link leads within Heed, as in `/alerts/<id>`; ids only, for a mail may be read by anybody. One
    that is a secret itself, as of an invitation, needs the `seal` of the sender that will carry it.
    Called twice for the same fact it makes two mails.
    """
    made = row(kind, school_id, staff_id, path)
    if seal is not None:
        made["link"] = seal.close_path(made["id"], path)
    await _put(session, [made])
    mail_id: UUID = made["id"]
    return mail_id


async def queue_mails(
    session: AsyncSession, *, kind: MailKind, school_id: UUID, to: Sequence[tuple[UUID, str]]
) -> None:
    """Several mails of one kind, to whom and with which path, in one question to the database."""
    await _put(session, [row(kind, school_id, staff_id, path) for staff_id, path in to])


def row(kind: MailKind, school_id: UUID, staff_id: UUID, path: str) -> dict[str, Any]:
    """The row that `queue_mail` writes, for who writes it together with others; `wake_after` belongs to it."""
    if not path.startswith("/") or path.startswith("//"):
        raise ValueError("a mail links to a path of Heed")
    return {
        "id": new_id(),
        "school_id": school_id,
        "kind": kind.value,
        "staff_id": staff_id,
        "link": path,
        # Fixed before the first try, so that every try is the same mail. What follows the @ is the sender's domain.
        "message_id": secrets.token_hex(16),
        "state": MailState.PREPARED.value,
        "created_at": datetime.now(UTC),
    }


async def _put(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        await write_rows(session, [(mail, row) for row in rows])
        wake_after(session)


def wake_after(session: AsyncSession) -> None:
    """The sender is woken when this transaction has committed."""
    session.info["mailed"] = True
