"""Somebody signed in shows once more that it is them, by their password: a page that was hidden comes back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.models import Credential, StaffSession
from services.auth.service import throttles
from services.auth.service.sessions import note_sign_in, open_session


@dataclass(frozen=True, slots=True)
class Confirming:
    session_id: UUID
    staff_id: UUID
    password_hash: str | None
    wait: int


async def begin_confirming(session: AsyncSession, *, token: str, now: datetime) -> Confirming | None:
    """Count the try, as one at a code is counted, and find what the password is compared with; None for no session."""
    row = await open_session(session, token, now=now)
    if row is None:
        return None
    wait = await throttles.take(session, throttles.of_code(row.staff_id), now=now)
    known = await session.scalar(select(Credential.password_hash).where(Credential.staff_id == row.staff_id))
    return Confirming(row.id, row.staff_id, None if wait else known, wait)


async def finish_confirming(session: AsyncSession, confirming: Confirming, *, fits: bool, now: datetime) -> None:
    """It was them, and they are there; or somebody else tried, which is written down."""
    if fits:
        await throttles.forgive(session, throttles.of_code(confirming.staff_id), now=now)
        theirs = StaffSession.id == confirming.session_id
        await session.execute(update(StaffSession).where(theirs).values(seen_at=now))
    await note_sign_in(
        session,
        "session:confirmed" if fits else "session:confirm-refused",
        about_kind="session",
        about_id=confirming.session_id,
        details={"staff": str(confirming.staff_id)},
    )
