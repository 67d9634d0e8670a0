"""A passkey given: as the second factor, for elevated access, or for the whole sign-in."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.domain import hash_of
from services.auth.domain.passkeys import (
    Purpose,
    RelyingParty,
    credential_id_of,
    has_a_double,
    owner_of,
    request_options,
    used_count,
)
from services.auth.models import Passkey
from services.auth.service.challenges import new_challenge, take_challenge
from services.auth.service.factors import factors_of
from services.auth.service.passkeys import as_known, passkeys_of
from services.auth.service.second_factor import Given, make_sure
from services.auth.service.sessions import SignedIn, begin_session, note_sign_in, open_session

UNKNOWN: Final = Given(accepted=False, session_known=False)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A sign-in that has begun: what the browser is asked, and the secret by which it is known when it answers."""

    token: str
    options: dict[str, Any]


async def ask_for_passkey(
    session: AsyncSession, *, token: str, elevate: bool, party: RelyingParty, now: datetime
) -> dict[str, Any] | None:
    """What the browser is to sign with one of this person's passkeys; None for no session, or no longer one."""
    row = await open_session(session, token, now=now)
    if row is None:
        return None
    challenge = await new_challenge(session, _purpose(elevate=elevate), bound_to=row.id.bytes, now=now)
    return request_options(party, challenge=challenge, known=as_known(await passkeys_of(session, row.staff_id)))


async def give_passkey(
    session: AsyncSession,
    *,
    token: str,
    credential: Mapping[str, Any],
    elevate: bool,
    party: RelyingParty,
    now: datetime,
) -> Given:
    """The passkey that makes a session sure, or elevates it."""
    row = await open_session(session, token, now=now)
    if row is None:
        return UNKNOWN
    challenge = await take_challenge(session, _purpose(elevate=elevate), bound_to=row.id.bytes, now=now)
    used = await _use(session, credential, challenge=challenge, party=party, now=now, staff_id=row.staff_id)
    given = Given(accepted=used is not None)
    await make_sure(session, row, given, elevate=elevate, by="passkey", now=now)
    return given


async def ask_to_sign_in(session: AsyncSession, *, party: RelyingParty, now: datetime) -> Attempt:
    """For a browser that has said nothing of who is before it: it finds a passkey for this place by itself."""
    token = secrets.token_urlsafe(32)
    challenge = await new_challenge(session, Purpose.SIGN_IN, bound_to=hash_of(token), now=now)
    return Attempt(token, request_options(party, challenge=challenge))


async def sign_in_with_passkey(
    session: AsyncSession,
    *,
    attempt: str,
    credential: Mapping[str, Any],
    party: RelyingParty,
    browser: str | None,
    device: str,
    now: datetime,
) -> SignedIn | None:
    """A session that is sure at once, for the key was in their hand and asked for its owner; None for every failure."""
    challenge = await take_challenge(session, Purpose.SIGN_IN, bound_to=hash_of(attempt), now=now)
    used = await _use(session, credential, challenge=challenge, party=party, now=now)
    signed_in = None
    if used is not None and owner_of(credential) == used.staff_id.bytes:
        signed_in = await begin_session(
            session,
            used.staff_id,
            sure=True,
            factors=(await factors_of(session, used.staff_id)).words,
            now=now,
            browser=browser,
            device=device,
        )
    if signed_in is None:
        about = used.staff_id if used else None
        await note_sign_in(session, "sign-in:refused", about_kind="staff", about_id=about, details={"by": "passkey"})
    return signed_in


async def _use(
    session: AsyncSession,
    credential: Mapping[str, Any],
    *,
    challenge: bytes | None,
    party: RelyingParty,
    now: datetime,
    staff_id: UUID | None = None,
) -> Passkey | None:
    """The passkey that signed, noted as used now. Another person's is none."""
    found = select(Passkey).where(Passkey.credential_id == credential_id_of(credential)).with_for_update()
    passkey = await session.scalar(found if staff_id is None else found.where(Passkey.staff_id == staff_id))
    if passkey is None or challenge is None:
        return None
    count = used_count(party, credential, challenge=challenge, public_key=passkey.public_key)
    if count is None:
        return None
    if has_a_double(last=passkey.sign_count, now=count):
        await note_sign_in(
            session,
            "passkey:counter-went-back",
            about_kind="passkey",
            about_id=passkey.id,
            details={"staff": str(passkey.staff_id), "last": passkey.sign_count, "now": count},
        )
        return None
    passkey.sign_count, passkey.last_used_at = count, now
    await session.flush()
    return passkey


def _purpose(*, elevate: bool) -> Purpose:
    return Purpose.ELEVATE if elevate else Purpose.SECOND_FACTOR
