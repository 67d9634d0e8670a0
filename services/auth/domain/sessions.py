"""What a session is worth now. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shared.contracts.words import Assurance

SESSION_IDLE: Final = timedelta(minutes=15)
SESSION_LIFE: Final = timedelta(hours=12)
ELEVATED_IDLE: Final = timedelta(minutes=10)
ELEVATED_LIFE: Final = timedelta(minutes=60)
DEVICE_LIFE: Final = timedelta(days=30)
TOUCH_EVERY: Final = timedelta(minutes=1)
"""How old the note of the last request may be before it is written again: a write per request would be one too many."""
TOKEN_LIFE_AT_MOST: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class SessionTimes:
    seen_at: datetime
    ends_at: datetime
    mfa_at: datetime | None
    elevated_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What a session is worth now."""

    alive: bool
    assurance: Assurance
    elevation_over: bool
    """Its elevation has run out and must be taken away before the session counts as used again."""
    touch: bool
    expires_at: datetime
    elevated_until: datetime | None


def standing(times: SessionTimes, *, now: datetime, idle_after: timedelta = SESSION_IDLE) -> Standing:
    idle = now - times.seen_at
    alive = times.ended_at is None and now < times.ends_at and idle < idle_after
    elevated = times.elevated_at is not None and now - times.elevated_at < ELEVATED_LIFE and idle < ELEVATED_IDLE
    plain = Assurance.MFA if times.mfa_at is not None else Assurance.PASSWORD
    return Standing(
        alive=alive,
        assurance=Assurance.ELEVATED if elevated else plain,
        elevation_over=times.elevated_at is not None and not elevated,
        touch=idle >= TOUCH_EVERY,
        expires_at=min(times.ends_at, now + idle_after),
        elevated_until=(
            min(times.elevated_at + ELEVATED_LIFE, now + ELEVATED_IDLE) if elevated and times.elevated_at else None
        ),
    )


def unsuitable_scopes(scopes: Sequence[str], *, suitable: Iterable[str]) -> list[str]:
    return sorted(set(scopes) - set(suitable))
