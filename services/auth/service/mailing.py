"""Mails of auth: that something happened to an account or to a right, and where to look; never whose it was."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.db import TRUST_LOG
from shared.mail import MailKind, queue_mail, queue_mails
from shared.mail_seal import MailSeal

SIGN_IN: Final = "/"
PASSWORD: Final = "/password/"  # noqa: S105 - a path


async def mail(
    session: AsyncSession, kind: MailKind, to: Iterable[UUID], *, school_id: UUID | None = None, path: str = SIGN_IN
) -> None:
    """The same to each of these. Without a school it is about their account, and names their own school."""
    await queue_mails(session, kind=kind, school_id=school_id or TRUST_LOG, to=[(each, path) for each in sorted(to)])


async def mail_link(
    session: AsyncSession, kind: MailKind, to: UUID, *, token: str, seal: MailSeal, school_id: UUID | None = None
) -> None:
    """A link that opens an account: sealed, for the mail's row outlives it and is in every backup."""
    await queue_mail(
        session, kind=kind, school_id=school_id or TRUST_LOG, staff_id=to, path=PASSWORD + token, seal=seal
    )
