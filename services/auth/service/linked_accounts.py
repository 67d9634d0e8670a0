"""Signing in with an account of a provider: linked by its owner beforehand, found by issuer, tenant and object id."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.domain import hash_of
from services.auth.domain.providers import ATTEMPT_LIFE, Identity
from services.auth.models import Device, LinkedAccount, ProviderAttempt
from services.auth.service.acting import note
from services.auth.service.checks import check_session
from services.auth.service.factors import factors_of
from services.auth.service.mailing import mail
from services.auth.service.sessions import SignedIn, begin_session, note_sign_in
from shared.errors import Conflict, NotFound, NotPermitted, NotSignedIn
from shared.identity import Staff, require
from shared.ids import new_id
from shared.mail import MailKind

MOST_ACCOUNTS: Final = 10


@dataclass(frozen=True, slots=True)
class Attempt:
    """A browser that has come back, and what it had left for."""

    provider: str
    session_id: UUID | None

    @property
    def links(self) -> bool:
        return self.session_id is not None


async def begin_attempt(
    session: AsyncSession, *, provider: str, now: datetime, acting_staff: Staff | None = None
) -> str:
    """The secret by which the browser is known when it comes back; with `acting_staff` to link, without to sign in."""
    if acting_staff is not None and acting_staff.scopes is not None:
        raise NotPermitted("a person, signed in with a browser")
    token = secrets.token_urlsafe(32)
    await session.execute(delete(ProviderAttempt).where(ProviderAttempt.expires_at <= now))
    await session.execute(
        insert(ProviderAttempt).values(
            token_hash=hash_of(token),
            provider=provider,
            session_id=acting_staff.session_id if acting_staff else None,
            expires_at=now + ATTEMPT_LIFE,
        )
    )
    return token


async def take_attempt(session: AsyncSession, token: str, *, now: datetime) -> Attempt | None:
    """Once: whoever comes with the same secret again has not left for anything."""
    taken = (
        await session.execute(
            delete(ProviderAttempt)
            .where(ProviderAttempt.token_hash == hash_of(token), ProviderAttempt.expires_at > now)
            .returning(ProviderAttempt.provider, ProviderAttempt.session_id)
        )
    ).first()
    return Attempt(taken.provider, taken.session_id) if taken else None


async def sign_in_with_account(
    session: AsyncSession,
    identity: Identity | None,
    *,
    device: str | None,
    browser: str | None,
    browser_words: str,
    now: datetime,
) -> SignedIn | None:
    """A session that is worth what a password is worth; None for an account nobody has linked, and for every failure.

    The second factor is asked all the same, unless this browser is spared it.
    """
    staff_id = await _used(session, identity, now=now) if identity else None
    signed_in = None
    if staff_id is not None:
        factors = await factors_of(session, staff_id)
        spared = exists().where(
            Device.staff_id == staff_id, Device.token_hash == hash_of(device or ""), Device.ends_at > now
        )
        signed_in = await begin_session(
            session,
            staff_id,
            sure=bool(factors) and bool(await session.scalar(select(spared))),
            factors=factors.words,
            now=now,
            browser=browser,
            device=browser_words,
        )
    if signed_in is None:
        await note_sign_in(
            session, "sign-in:refused", about_kind="staff", about_id=staff_id, details={"by": "provider"}
        )
    return signed_in


async def link_account(
    session: AsyncSession, identity: Identity | None, attempt: Attempt, *, token: str, now: datetime
) -> bool:
    """Whether the account is theirs from now on; False for one that did not prove itself or is somebody's already.

    Only in the session that began it, and while that is elevated. Raises NotSignedIn and ElevationRequired.
    """
    checked = await check_session(session, token, now=now)
    if checked is None or checked.staff.session_id != attempt.session_id:
        raise NotSignedIn()
    staff = checked.staff
    require(staff, "sign-in:change")
    if len(await linked_accounts(session, acting_staff=staff)) >= MOST_ACCOUNTS:
        raise Conflict(f"You have linked {MOST_ACCOUNTS} accounts. Remove one that you no longer use, then link this.")
    linked = await _linked(session, staff, identity, now=now) if identity else None
    if linked is not None:
        await _tell(session, staff, "linked-account:added", linked)
    return linked is not None


async def linked_accounts(session: AsyncSession, *, acting_staff: Staff) -> Sequence[LinkedAccount]:
    found = await session.scalars(
        select(LinkedAccount).where(LinkedAccount.staff_id == acting_staff.staff_id).order_by(LinkedAccount.id)
    )
    return found.all()


async def unlink_account(session: AsyncSession, *, acting_staff: Staff, account_id: UUID) -> None:
    """Raises NotFound."""
    gone = await session.execute(
        delete(LinkedAccount)
        .where(LinkedAccount.id == account_id, LinkedAccount.staff_id == acting_staff.staff_id)
        .returning(LinkedAccount.id)
    )
    if gone.first() is None:
        raise NotFound()
    await _tell(session, acting_staff, "linked-account:removed", account_id)


async def _used(session: AsyncSession, identity: Identity, *, now: datetime) -> UUID | None:
    found: UUID | None = await session.scalar(
        update(LinkedAccount)
        .where(
            LinkedAccount.issuer == identity.issuer,
            LinkedAccount.tenant == identity.tenant,
            LinkedAccount.object_id == identity.object_id,
        )
        .values(last_used_at=now)
        .returning(LinkedAccount.staff_id)
    )
    return found


async def _linked(session: AsyncSession, staff: Staff, identity: Identity, *, now: datetime) -> UUID | None:
    added: UUID | None = await session.scalar(
        insert(LinkedAccount)
        .values(
            id=new_id(),
            staff_id=staff.staff_id,
            provider=identity.provider,
            issuer=identity.issuer,
            tenant=identity.tenant,
            object_id=identity.object_id,
            linked_at=now,
        )
        # Whose it is already is not told.
        .on_conflict_do_nothing(index_elements=["issuer", "tenant", "object_id"])
        .returning(LinkedAccount.id)
    )
    return added


async def _tell(session: AsyncSession, staff: Staff, action: str, account_id: UUID) -> None:
    await mail(session, MailKind.SIGN_IN_WAY, [staff.staff_id])
    await note(
        session,
        staff,
        action=action,
        school_id=staff.school_id,
        about_kind="linked-account",
        about_id=account_id,
    )
