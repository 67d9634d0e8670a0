"""The rules of sign-in, of sessions and of who may change whose rights. Pure: no clock, no database, no network."""

import hashlib
import hmac
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import pyotp

from shared.contracts.words import DSL_TEAM, Assurance, Role, TrustRole

SESSION_IDLE: Final = timedelta(minutes=15)
SESSION_LIFE: Final = timedelta(hours=12)
ELEVATED_IDLE: Final = timedelta(minutes=10)
ELEVATED_LIFE: Final = timedelta(minutes=60)
DEVICE_LIFE: Final = timedelta(days=30)
TOUCH_EVERY: Final = timedelta(minutes=1)
"""How old the note of the last request may be before it is written again: a write per request would be one too many."""

LINK_LIFE: Final = timedelta(days=7)
FORGOTTEN_LINK_LIFE: Final = timedelta(hours=1)
TOKEN_LIFE_AT_MOST: Final = timedelta(days=366)
PASSWORD_AT_LEAST: Final = 12
TOTP_SECONDS: Final = 30
TOTP_DRIFT: Final = 1


def email_key(email: str) -> str:
    """By which an address is one account, however it is typed."""
    return unicodedata.normalize("NFKC", email).strip().casefold()


def same_password(password: str) -> str:
    """Keyboards write the same letter in several ways; a password must not depend on which keyboard it was typed on."""
    return unicodedata.normalize("NFKC", password)


def password_fault(password: str, *, email: str) -> str | None:
    """What is wrong with a new password, in words for the person who chose it."""
    if len(password) < PASSWORD_AT_LEAST:
        return f"Use at least {PASSWORD_AT_LEAST} characters. Three or four words that do not belong together are good."
    if len(set(password.casefold())) < 5:
        return "Use more than a few different characters."
    if email_key(email).partition("@")[0] in password.casefold():
        return "Leave your e-mail address out of your password."
    return None


# ------------------------------------------------------------------------------------------------ second factor


def new_totp_secret() -> str:
    return pyotp.random_base32(32)


def otpauth_uri(secret: str, *, email: str) -> str:
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name="Heed")


def totp_step(secret: str, code: str, *, now: datetime) -> int | None:
    """The 30-second step whose code this is, one step early or late allowed; None when it is no code of now."""
    present = int(now.timestamp()) // TOTP_SECONDS
    generator = pyotp.TOTP(secret)
    given = "".join(code.split()).encode()
    found = None
    # All steps are compared, so that the time taken does not say which of them it was.
    for step in range(present - TOTP_DRIFT, present + TOTP_DRIFT + 1):
        if hmac.compare_digest(generator.generate_otp(step).encode(), given):
            found = step
    return found


# ----------------------------------------------------------------------------------------------------- sessions


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


def standing(times: SessionTimes, *, now: datetime) -> Standing:
    idle = now - times.seen_at
    alive = times.ended_at is None and now < times.ends_at and idle < SESSION_IDLE
    elevated = times.elevated_at is not None and now - times.elevated_at < ELEVATED_LIFE and idle < ELEVATED_IDLE
    plain = Assurance.MFA if times.mfa_at is not None else Assurance.PASSWORD
    return Standing(
        alive=alive,
        assurance=Assurance.ELEVATED if elevated else plain,
        elevation_over=times.elevated_at is not None and not elevated,
        touch=idle >= TOUCH_EVERY,
        expires_at=min(times.ends_at, now + SESSION_IDLE),
        elevated_until=(
            min(times.elevated_at + ELEVATED_LIFE, now + ELEVATED_IDLE) if elevated and times.elevated_at else None
        ),
    )


# --------------------------------------------------------------------------------------------------- throttling


@dataclass(frozen=True, slots=True)
class Pace:
    """How many tries are free, and how long one waits after each further one. It slows down, it never locks."""

    free: int
    longest: timedelta
    forget_one_every: timedelta


BY_ACCOUNT: Final = Pace(free=5, longest=timedelta(minutes=2), forget_one_every=timedelta(minutes=3))
# A whole school may share an address: many more are free, and the wait stays short.
BY_ADDRESS: Final = Pace(free=60, longest=timedelta(seconds=30), forget_one_every=timedelta(seconds=10))
BY_CODE: Final = Pace(free=5, longest=timedelta(minutes=2), forget_one_every=timedelta(minutes=3))
BY_LINK: Final = Pace(free=3, longest=timedelta(minutes=30), forget_one_every=timedelta(minutes=20))


@dataclass(frozen=True, slots=True)
class Tries:
    count: int
    at: datetime


def wait_after(tries: Tries, pace: Pace, *, now: datetime) -> timedelta:
    """How long is still to wait before the next try; zero or less when it may be made now."""
    over = remembered(tries, pace, now=now) - pace.free
    if over < 0:
        return timedelta(0)
    wait = min(timedelta(seconds=2 ** min(over, 20)), pace.longest)
    return tries.at + wait - now


def with_one_more(tries: Tries, pace: Pace, *, now: datetime) -> Tries:
    return Tries(remembered(tries, pace, now=now) + 1, now)


def remembered(tries: Tries, pace: Pace, *, now: datetime) -> int:
    forgotten = int((now - tries.at) / pace.forget_one_every)
    return max(0, min(tries.count, pace.free + 20) - forgotten)


# ------------------------------------------------------------------------------------------ who may change whom


@dataclass(frozen=True, slots=True)
class Period:
    """A class somebody teaches; the last day counts."""

    code: str
    from_on: date
    to_on: date | None = None

    def holds(self, today: date) -> bool:
        return self.from_on <= today and (self.to_on is None or today <= self.to_on)


def classes_of(periods: Iterable[Period], today: date) -> list[str]:
    return sorted({period.code for period in periods if period.holds(today)})


def team_roles_given(before: Iterable[Role], after: Iterable[Role]) -> list[Role]:
    """Roles of the DSL team that somebody has now and had not before: others are told of these at once."""
    return sorted((set(after) - set(before)) & DSL_TEAM)


def may_shield(
    *,
    roles: Iterable[Role],
    trust_roles: Iterable[TrustRole],
    of_roles: Iterable[Role],
    trust_watches: bool,
) -> bool:
    """Whether somebody with these roles decides over the shields of somebody with `of_roles` (C12).

    `trust_watches`: the trust has a data protection officer or a safeguarding lead. Only where it has neither do the
    lead DSL (for the head) and the head (for all others) decide themselves.
    """
    if {TrustRole.DATA_PROTECTION_OFFICER, TrustRole.TRUST_SAFEGUARDING_LEAD} & set(trust_roles):
        return True
    if trust_watches:
        return False
    return (Role.LEAD_DSL if Role.HEAD in of_roles else Role.HEAD) in roles


def widens_own_reach(own_id: UUID, *, before: Iterable[UUID], after: Iterable[UUID]) -> bool:
    """Whether somebody would put themselves into a group. Leaving one is theirs to do."""
    return own_id in set(after) - set(before)


def unsuitable_scopes(scopes: Sequence[str], *, suitable: Iterable[str]) -> list[str]:
    return sorted(set(scopes) - set(suitable))


def hash_of(token: str) -> bytes:
    """What is kept of a token. Its 256 bits are random, so a plain hash cannot be turned back."""
    return hashlib.sha256(token.encode()).digest()


def periods_after(before: Iterable[Period], wanted: Iterable[Period | str], *, today: date) -> list[Period]:
    """The classes of somebody once these are wanted: what has been stays written, what no longer holds ends yesterday.

    A code alone is that class from today on, or as long as it has been theirs already.
    """
    before = list(before)
    running = {period.code: period for period in before if period.holds(today)}
    asked = [(running.get(want) or Period(want, today)) if isinstance(want, str) else want for want in wanted]
    kept = [period for period in before if period.to_on is not None and period.to_on < today]
    ended = [
        replace(period, to_on=today - timedelta(days=1))
        for period in running.values()
        if period.from_on < today and not any(a.code == period.code and a.from_on <= today for a in asked)
    ]
    return sorted({*kept, *ended, *asked}, key=lambda period: (period.from_on, period.code))
