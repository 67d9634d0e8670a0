"""What a passkey is to sign: drawn here, kept here, good for five minutes, for one purpose and once."""

import secrets
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.domain.passkeys import CHALLENGE_BYTES, CHALLENGE_LIFE, Purpose
from services.auth.models import PasskeyChallenge


async def new_challenge(session: AsyncSession, purpose: Purpose, *, bound_to: bytes, now: datetime) -> bytes:
    """For one session, or one browser that signs in; the one it had for this purpose is good no longer."""
    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    await session.execute(delete(PasskeyChallenge).where(PasskeyChallenge.expires_at <= now))
    values = {"challenge": challenge, "expires_at": now + CHALLENGE_LIFE}
    await session.execute(
        insert(PasskeyChallenge)
        .values(bound_to=bound_to, purpose=purpose, **values)
        .on_conflict_do_update(index_elements=["bound_to", "purpose"], set_=values)
    )
    return challenge


async def take_challenge(session: AsyncSession, purpose: Purpose, *, bound_to: bytes, now: datetime) -> bytes | None:
    """The one that is out, and from here on it is out no more, whatever comes of it."""
    taken: bytes | None = await session.scalar(
        delete(PasskeyChallenge)
        .where(
            PasskeyChallenge.bound_to == bound_to,
            PasskeyChallenge.purpose == purpose,
            PasskeyChallenge.expires_at > now,
        )
        .returning(PasskeyChallenge.challenge)
    )
    return taken
