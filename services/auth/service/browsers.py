"""Browsers that somebody has signed in with before: a sign-in with another one is told to them by mail."""

import secrets
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, exists, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.domain import hash_of
from services.auth.models import KnownBrowser
from services.auth.service.mailing import mail
from shared.mail import MailKind

KNOWN_FOR: Final = timedelta(days=400)


async def note_browser(session: AsyncSession, staff_id: UUID, browser: str | None, *, now: datetime) -> str:
    """What the browser is to be known by: what it brought, or something new. The first of all is not told."""
    token = browser or secrets.token_urlsafe(32)
    mine = KnownBrowser.staff_id == staff_id
    await session.execute(delete(KnownBrowser).where(mine, KnownBrowser.seen_at < now - KNOWN_FOR))
    known = await session.execute(
        update(KnownBrowser)
        .where(mine, KnownBrowser.token_hash == hash_of(token))
        .values(seen_at=now)
        .returning(KnownBrowser.since)
    )
    if known.first() is not None:
        return token
    others = await session.scalar(select(exists().where(mine)))
    await session.execute(
        insert(KnownBrowser).values(staff_id=staff_id, token_hash=hash_of(token), since=now, seen_at=now)
    )
    if others:
        await mail(session, MailKind.NEW_DEVICE, [staff_id])
    return token
