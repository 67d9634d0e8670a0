"""The link by which somebody sets their own password (R36): made when they are added, good once."""

import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth import passwords
from services.auth.domain import LINK_LIFE, hash_of, password_fault
from services.auth.models import Credential, PasswordLink, StaffAccount
from services.auth.service.acting import note
from services.auth.service.sessions import end_sessions_of, note_sign_in
from shared.db import TRUST_LOG
from shared.errors import FieldError, Invalid
from shared.identity import Staff

GONE = "This link was used or has ended. Ask your lead DSL for a new one."


async def make_password_link(
    session: AsyncSession, *, acting_staff: Staff | None, staff_id: UUID, now: datetime
) -> str:
    """The secret of the link; links made before are no longer good. The account must have been checked before."""
    await session.execute(
        update(PasswordLink)
        .where(PasswordLink.staff_id == staff_id, PasswordLink.used_at.is_(None))
        .values(used_at=now)
    )
    token = secrets.token_urlsafe(32)
    session.add(
        PasswordLink(
            token_hash=hash_of(token), staff_id=staff_id, made_at=now, expires_at=now + LINK_LIFE, used_at=None
        )
    )
    await session.flush()
    await note(
        session,
        acting_staff,
        action="password:link-made",
        school_id=acting_staff.school_id if acting_staff else TRUST_LOG,
        about_kind="staff",
        about_id=staff_id,
    )
    return token


async def set_password(session: AsyncSession, *, token: str, password: str, now: datetime) -> None:
    """Raises Invalid, naming the field, for a link that is no longer good or a password that is too weak."""
    row = (
        await session.execute(
            select(PasswordLink, StaffAccount.email)
            .join(StaffAccount, StaffAccount.id == PasswordLink.staff_id)
            .where(
                PasswordLink.token_hash == hash_of(token),
                PasswordLink.used_at.is_(None),
                PasswordLink.expires_at > now,
                StaffAccount.disabled_at.is_(None),
            )
            .with_for_update(of=PasswordLink)
        )
    ).first()
    if row is None:
        raise Invalid(FieldError("link", GONE))
    link, email = row
    if fault := password_fault(password, email=email):
        raise Invalid(FieldError("password", fault))
    link.used_at = now
    await session.flush()
    await session.execute(
        update(Credential)
        .where(Credential.staff_id == link.staff_id)
        .values(password_hash=await passwords.hashed(password), password_at=now)
    )
    await end_sessions_of(session, link.staff_id, why="password-set", now=now)
    await note_sign_in(session, "password:set", about_kind="staff", about_id=link.staff_id)
