"""The link by which somebody sets their own password: mailed when they are added and when they ask (R36, R37, R39)."""

import secrets
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth import passwords, queries
from services.auth.domain import FORGOTTEN_LINK_LIFE, LINK_LIFE, hash_of, password_fault
from services.auth.models import Credential, LinkRequest, PasswordLink, StaffAccount
from services.auth.service import throttles
from services.auth.service.acting import note
from services.auth.service.mailing import mail_link
from services.auth.service.sessions import end_sessions_of, note_sign_in
from shared.db import TRUST_LOG
from shared.errors import Conflict, FieldError, Invalid, NotFound
from shared.identity import Staff
from shared.ids import new_id
from shared.mail import MailKind
from shared.mail_seal import MailSeal

GONE = "This link was used or has ended. Ask for a new one with “Forgotten your password?”, or see your lead DSL."
HAS_ONE = "They have set their password already. If they have forgotten it, they ask for a new one where they sign in."
ANSWERED_AT_ONCE: Final = 20


async def make_password_link(
    session: AsyncSession, *, acting_staff: Staff | None, staff_id: UUID, now: datetime
) -> str:
    """The secret of the link; links made before are no longer good. The account must have been checked before."""
    await _end_links(session, staff_id, now=now)
    token = await _new_link(session, staff_id, now=now, life=LINK_LIFE)
    await note(
        session,
        acting_staff,
        action="password:link-made",
        school_id=acting_staff.school_id if acting_staff else TRUST_LOG,
        about_kind="staff",
        about_id=staff_id,
    )
    return token


async def invite(session: AsyncSession, *, acting_staff: Staff, staff_id: UUID, seal: MailSeal, now: datetime) -> None:
    """Mail somebody of one's school the link for their first password, again if need be; earlier ones end.

    Raises NotFound, and Conflict for who has a password: whoever adds people must not be able to take accounts over.
    """
    person = await queries.account(session, staff_id)
    if person is None or not await queries.roles_in(session, acting_staff.school_id, staff_id):
        raise NotFound()
    if person.disabled_at is not None:
        raise Conflict("This person is disabled. Enable them first.")
    if await _password_of(session, staff_id) is not None:
        raise Conflict(HAS_ONE)
    token = await make_password_link(session, acting_staff=acting_staff, staff_id=staff_id, now=now)
    await mail_link(session, MailKind.INVITATION, staff_id, token=token, seal=seal, school_id=acting_staff.school_id)


async def ask_for_link(session: AsyncSession, *, email: str, address: str | None, now: datetime) -> int:
    """Somebody has forgotten their password, or never had one (R39). Returns the seconds still to wait.

    The same statements for every address, known or not: who it is is looked at later, by `answer_link_requests`.
    """
    counted = [throttles.of_link(email), *([throttles.of_address(address)] if address else [])]
    wait = await throttles.take(session, *counted, now=now)
    if wait == 0:
        session.add(LinkRequest(id=new_id(), email=email, asked_at=now))
        await session.flush()
    return wait


async def answer_link_requests(session: AsyncSession, *, seal: MailSeal, now: datetime) -> int:
    """Mail a link to those who asked for one and have an account; how many had asked."""
    some = select(LinkRequest.id).order_by(LinkRequest.asked_at).limit(ANSWERED_AT_ONCE)
    asked = (
        await session.scalars(delete(LinkRequest).where(LinkRequest.id.in_(some)).returning(LinkRequest.email))
    ).all()
    for email in asked:
        person = await queries.account_by_email(session, email)
        if person is None or person.disabled_at is not None:
            continue
        # Earlier links stay good for as long as they were: a stranger who asks does not end an invitation.
        token = await _new_link(session, person.id, now=now, life=FORGOTTEN_LINK_LIFE)
        await mail_link(session, MailKind.PASSWORD, person.id, token=token, seal=seal)
        await note_sign_in(session, "password:link-asked", about_kind="staff", about_id=person.id)
    return len(asked)


async def set_password(session: AsyncSession, *, token: str, password: str, now: datetime) -> None:
    """Raises Invalid, naming the field, for a link that is no longer good or a password that is too weak."""
    person = await session.scalar(
        select(StaffAccount)
        .join(PasswordLink, PasswordLink.staff_id == StaffAccount.id)
        .where(
            PasswordLink.token_hash == hash_of(token),
            PasswordLink.used_at.is_(None),
            PasswordLink.expires_at > now,
            StaffAccount.disabled_at.is_(None),
        )
        .with_for_update(of=PasswordLink)
    )
    if person is None:
        raise Invalid(FieldError("link", GONE))
    own = await queries.words_about(session, person)
    if fault := password_fault(password, own=own, common=await passwords.common_ones()):
        raise Invalid(FieldError("password", fault))
    await _end_links(session, person.id, now=now)
    await session.execute(
        update(Credential)
        .where(Credential.staff_id == person.id)
        .values(password_hash=await passwords.hashed(password), password_at=now)
    )
    await end_sessions_of(session, person.id, why="password-set", now=now)
    await note_sign_in(session, "password:set", about_kind="staff", about_id=person.id)


async def _new_link(session: AsyncSession, staff_id: UUID, *, now: datetime, life: timedelta) -> str:
    token = secrets.token_urlsafe(32)
    session.add(
        PasswordLink(token_hash=hash_of(token), staff_id=staff_id, made_at=now, expires_at=now + life, used_at=None)
    )
    await session.flush()
    return token


async def _end_links(session: AsyncSession, staff_id: UUID, *, now: datetime) -> None:
    await session.execute(
        update(PasswordLink)
        .where(PasswordLink.staff_id == staff_id, PasswordLink.used_at.is_(None))
        .values(used_at=now)
    )


async def _password_of(session: AsyncSession, staff_id: UUID) -> str | None:
    found: str | None = await session.scalar(select(Credential.password_hash).where(Credential.staff_id == staff_id))
    return found
