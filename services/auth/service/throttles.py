"""Tries, counted in the database: guessing slows down in every process of auth at once."""

import hashlib
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.domain import (
    BY_ACCOUNT,
    BY_ADDRESS,
    BY_CODE,
    BY_LINK,
    Pace,
    Tries,
    email_key,
    remembered,
    wait_after,
    with_one_more,
)
from services.auth.models import Throttle

FORGOTTEN_AFTER = timedelta(days=1)

Counted = tuple[bytes, Pace]


def of_account(email: str, *, device: bytes | None = None) -> Counted:
    """The tries at one account. Its own known browsers are counted apart, so that a stranger cannot slow them down."""
    return _key("account", email_key(email), device.hex() if device else ""), BY_ACCOUNT


def of_address(address: str) -> Counted:
    return _key("address", address), BY_ADDRESS


def of_code(staff_id: UUID) -> Counted:
    return _key("code", str(staff_id)), BY_CODE


def of_link(email: str) -> Counted:
    return _key("link", email_key(email)), BY_LINK


async def take(session: AsyncSession, *counted: Counted, now: datetime) -> int:
    """Count one try under each of these; returns the seconds still to wait, and then counts nothing.

    Counted before the password is looked at, so that a thousand tries at once are a thousand tries.
    """
    waits = []
    taken = []
    # In one order everywhere, so that two sign-ins never wait for each other.
    for key, pace in sorted(counted):
        await session.execute(insert(Throttle).values(key=key, tries=0, at=now).on_conflict_do_nothing())
        row = (
            await session.execute(select(Throttle.tries, Throttle.at).where(Throttle.key == key).with_for_update())
        ).one()
        tries = Tries(row.tries, row.at)
        waits.append(wait_after(tries, pace, now=now))
        taken.append((key, with_one_more(tries, pace, now=now)))
    longest = max(waits)
    if longest > timedelta(0):
        return ceil(longest.total_seconds())
    for key, tries in taken:
        await session.execute(update(Throttle).where(Throttle.key == key).values(tries=tries.count, at=tries.at))
    return 0


async def forgive(session: AsyncSession, *counted: Counted, now: datetime) -> None:
    """It was right: an account's tries are forgotten, and of an address the one that was just counted."""
    for key, pace in sorted(counted):
        if pace is BY_ADDRESS:
            row = (await session.execute(select(Throttle.tries, Throttle.at).where(Throttle.key == key))).one()
            left = max(0, remembered(Tries(row.tries, row.at), pace, now=now) - 1)
            await session.execute(update(Throttle).where(Throttle.key == key).values(tries=left))
        else:
            await session.execute(delete(Throttle).where(Throttle.key == key))


async def forget_old(session: AsyncSession, *, now: datetime) -> None:
    await session.execute(delete(Throttle).where(Throttle.at < now - FORGOTTEN_AFTER))


def _key(*parts: str) -> bytes:
    return hashlib.sha256("\x1f".join(parts).encode()).digest()
