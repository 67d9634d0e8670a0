"""Sign-in and sessions: what a browser holds is 256 random bits, what is kept of it is their hash."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth import passwords, queries
from services.auth.domain import DEVICE_LIFE, KIOSK_LIFE, SESSION_IDLE, SESSION_LIFE, email_key, hash_of
from services.auth.models import Credential, Device, PersonalToken, School, StaffAccount, StaffSession
from services.auth.service import throttles
from services.auth.service.browsers import note_browser
from services.auth.service.factors import Factor, has_passkey, named
from shared import audit
from shared.contracts.words import Assurance
from shared.db import TRUST_LOG
from shared.errors import NotFound
from shared.identity import Staff
from shared.ids import new_id

Needs = Literal["second-factor", "enrolment"]
# More than anyone is looking at: whoever signs in everywhere ends their oldest session by it.
MOST_OPEN: Final = 20


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who wants to sign in. Nothing but times may tell the unknown from the known, and those are alike."""

    email: str
    staff_id: UUID | None
    password_hash: str | None
    factors: Sequence[Factor]
    known_device: bytes | None
    address: str | None
    wait: int

    def counted(self) -> list[throttles.Counted]:
        of = [throttles.of_account(self.email, device=self.known_device)]
        return [*of, throttles.of_address(self.address)] if self.address else of


@dataclass(frozen=True, slots=True)
class SignedIn:
    token: str
    session_id: UUID
    assurance: Assurance
    needs: Needs | None
    schools: Sequence[School]
    in_school_id: UUID
    factors: Sequence[Factor]
    """What they may give for a second factor."""
    browser: str
    """By what this browser is known from now on."""


async def begin_sign_in(
    session: AsyncSession, *, email: str, device: str | None, address: str | None, now: datetime
) -> Candidate:
    """Count the try and find what the password is to be compared with. The same statements for every address."""
    device_hash = hash_of(device or "")
    row = (
        await session.execute(
            select(
                StaffAccount.id,
                Credential.password_hash,
                Device.token_hash,
                Credential.totp_sealed.is_not(None).label("code"),
                has_passkey(StaffAccount.id).label("passkey"),
            )
            .join(Credential, Credential.staff_id == StaffAccount.id)
            .outerjoin(
                Device,
                (Device.staff_id == StaffAccount.id) & (Device.token_hash == device_hash) & (Device.ends_at > now),
            )
            .where(StaffAccount.email_key == email_key(email), StaffAccount.disabled_at.is_(None))
        )
    ).first()
    candidate = Candidate(
        email=email,
        staff_id=row.id if row else None,
        password_hash=row.password_hash if row else None,
        factors=named(code=row.code, passkey=row.passkey) if row else (),
        known_device=row.token_hash if row else None,
        address=address,
        wait=0,
    )
    wait = await throttles.take(session, *candidate.counted(), now=now)
    return candidate if wait == 0 else _waiting(candidate, wait)


def _waiting(candidate: Candidate, wait: int) -> Candidate:
    return Candidate(
        email=candidate.email,
        staff_id=None,
        password_hash=None,
        factors=(),
        known_device=candidate.known_device,
        address=candidate.address,
        wait=wait,
    )


async def finish_sign_in(
    session: AsyncSession,
    candidate: Candidate,
    *,
    password: str,
    fits: bool,
    now: datetime,
    browser: str | None = None,
    device: str = "",
) -> SignedIn | None:
    """Begin a session, or note that it was refused: None for every reason, so that none can be told apart.

    `browser` is what this one is known by, if it is; `device` says in plain words what kind of one it is.
    """
    signed_in = None
    if candidate.staff_id and fits:
        signed_in = await begin_session(
            session,
            candidate.staff_id,
            sure=candidate.known_device is not None and bool(candidate.factors),
            factors=candidate.factors,
            now=now,
            browser=browser,
            device=device,
        )
    if signed_in is None:
        await note_sign_in(session, "sign-in:refused", about_kind="staff", about_id=candidate.staff_id)
        return None
    await throttles.forgive(session, *candidate.counted(), now=now)
    if candidate.password_hash and passwords.outdated(candidate.password_hash):
        better = await passwords.hashed(password)
        theirs = Credential.staff_id == candidate.staff_id
        await session.execute(update(Credential).where(theirs).values(password_hash=better))
    return signed_in


async def begin_session(
    session: AsyncSession,
    staff_id: UUID,
    *,
    sure: bool,
    factors: Sequence[Factor],
    now: datetime,
    browser: str | None,
    device: str,
) -> SignedIn | None:
    """For who has shown that it is them, by whatever way; None for one who may come in nowhere, or no longer.

    `sure`: with a second factor, or spared it on this browser.
    """
    person = await queries.account(session, staff_id)
    schools = await queries.schools_open_to(session, staff_id) if person and person.disabled_at is None else []
    if person is None or not schools:
        return None
    known_by = await note_browser(session, staff_id, browser, now=now)
    home = next((school.id for school in schools if school.id == person.home_school_id), schools[0].id)
    token, session_id = await open_for(session, staff_id, home, sure=sure, now=now, device=device)
    needs: Needs | None = None
    if not sure:
        needs = "second-factor" if factors else "enrolment"
    return SignedIn(
        token=token,
        session_id=session_id,
        assurance=Assurance.MFA if sure else Assurance.PASSWORD,
        needs=needs,
        schools=schools,
        in_school_id=home,
        factors=factors,
        browser=known_by,
    )


async def open_for(
    session: AsyncSession,
    staff_id: UUID,
    school_id: UUID,
    *,
    sure: bool,
    now: datetime,
    device: str,
    kiosk_id: UUID | None = None,
) -> tuple[str, UUID]:
    """A session of somebody who may have one in this school: what it is held by, and its id."""
    token = secrets.token_urlsafe(32)
    session_id = new_id()
    await session.execute(
        insert(StaffSession).values(
            id=session_id,
            token_hash=hash_of(token),
            staff_id=staff_id,
            in_school_id=school_id,
            began_at=now,
            seen_at=now,
            ends_at=now + (SESSION_LIFE if kiosk_id is None else KIOSK_LIFE),
            kiosk_id=kiosk_id,
            mfa_at=now if sure else None,
            device=device,
        )
    )
    await _end_oldest(session, staff_id, now=now)
    await note_sign_in(
        session, "session:begun", about_kind="session", about_id=session_id, details={"staff": str(staff_id)}
    )
    return token, session_id


async def open_session(session: AsyncSession, token: str, *, now: datetime) -> StaffSession | None:
    """The session, if it holds: a second factor does not wake one that has ended by itself, nor count on a kiosk."""
    found: StaffSession | None = await session.scalar(
        select(StaffSession)
        .join(StaffAccount, StaffAccount.id == StaffSession.staff_id)
        .where(
            StaffSession.token_hash == hash_of(token),
            StaffSession.ended_at.is_(None),
            StaffSession.ends_at > now,
            StaffSession.seen_at > now - SESSION_IDLE,
            StaffSession.kiosk_id.is_(None),
            StaffAccount.disabled_at.is_(None),
        )
    )
    return found


async def remember_device(session: AsyncSession, staff_id: UUID, *, now: datetime) -> str:
    """A token for this browser, by which it is spared the second factor for 30 days; never the one for elevation."""
    token = secrets.token_urlsafe(32)
    await session.execute(
        insert(Device).values(
            id=new_id(), token_hash=hash_of(token), staff_id=staff_id, made_at=now, ends_at=now + DEVICE_LIFE
        )
    )
    return token


async def remember_device_of(session: AsyncSession, *, token: str, now: datetime) -> str | None:
    staff_id = await session.scalar(select(StaffSession.staff_id).where(StaffSession.token_hash == hash_of(token)))
    return None if staff_id is None else await remember_device(session, staff_id, now=now)


async def choose_school(session: AsyncSession, *, session_id: UUID, staff_id: UUID, school_id: UUID) -> None:
    """From now on this session acts in another school. Elevated access stays behind in the one it was given in."""
    if school_id not in {school.id for school in await queries.schools_open_to(session, staff_id)}:
        raise NotFound()
    await session.execute(
        update(StaffSession).where(StaffSession.id == session_id).values(in_school_id=school_id, elevated_at=None)
    )
    await note_sign_in(
        session,
        "session:school-chosen",
        about_kind="session",
        about_id=session_id,
        details={"staff": str(staff_id), "school": str(school_id)},
    )


async def leave_elevation(session: AsyncSession, *, token: str) -> None:
    """Elevated access ends now, the session goes on. Leaving what one has not is as good as leaving it."""
    left = await session.execute(
        update(StaffSession)
        .where(
            StaffSession.token_hash == hash_of(token),
            StaffSession.ended_at.is_(None),
            StaffSession.elevated_at.is_not(None),
        )
        .values(elevated_at=None)
        .returning(StaffSession.id, StaffSession.staff_id)
    )
    for row in left.all():
        await note_sign_in(
            session,
            "session:elevation-left",
            about_kind="session",
            about_id=row.id,
            details={"staff": str(row.staff_id)},
        )


async def end_session(session: AsyncSession, *, token: str, now: datetime) -> None:
    """Sign out. Ending what has ended, or never was, is as good as ending it."""
    ended = await session.execute(
        update(StaffSession)
        .where(StaffSession.token_hash == hash_of(token), StaffSession.ended_at.is_(None))
        .values(ended_at=now, ended_why="signed-out")
        .returning(StaffSession.id, StaffSession.staff_id)
    )
    for row in ended.all():
        await note_sign_in(
            session, "session:ended", about_kind="session", about_id=row.id, details={"staff": str(row.staff_id)}
        )


async def end_own_session(session: AsyncSession, *, acting_staff: Staff, session_id: UUID, now: datetime) -> None:
    """End one of one's own sessions from the list of them, for instance the one on a lost phone."""
    ended = await session.execute(
        update(StaffSession)
        .where(
            StaffSession.id == session_id,
            StaffSession.staff_id == acting_staff.staff_id,
            StaffSession.ended_at.is_(None),
        )
        .values(ended_at=now, ended_why="ended-by-owner")
        .returning(StaffSession.id)
    )
    if ended.first() is None:
        raise NotFound()
    await audit.record(
        session,
        action="session:ended",
        school_id=acting_staff.school_id,
        staff=acting_staff,
        about_kind="session",
        about_id=session_id,
    )


async def end_sessions_of(
    session: AsyncSession, staff_id: UUID, *, why: str, now: datetime, but: UUID | None = None
) -> int:
    """End whatever somebody holds, at their next request: sessions, remembered browsers and personal tokens."""
    open_ones = [StaffSession.staff_id == staff_id, StaffSession.ended_at.is_(None)]
    if but is not None:
        open_ones.append(StaffSession.id != but)
    ended = await session.execute(
        update(StaffSession).where(*open_ones).values(ended_at=now, ended_why=why).returning(StaffSession.id)
    )
    await session.execute(delete(Device).where(Device.staff_id == staff_id))
    await session.execute(
        update(PersonalToken)
        .where(PersonalToken.staff_id == staff_id, PersonalToken.ended_at.is_(None))
        .values(ended_at=now)
    )
    return len(ended.all())


async def _end_oldest(session: AsyncSession, staff_id: UUID, *, now: datetime) -> None:
    open_ones = (
        select(StaffSession.id)
        .where(StaffSession.staff_id == staff_id, StaffSession.ended_at.is_(None))
        .order_by(StaffSession.id.desc())
        .offset(MOST_OPEN)
    )
    await session.execute(
        update(StaffSession).where(StaffSession.id.in_(open_ones)).values(ended_at=now, ended_why="too-many")
    )


async def note_sign_in(
    session: AsyncSession,
    action: str,
    *,
    about_kind: str,
    about_id: UUID | None,
    details: dict[str, str | int | bool | None] | None = None,
) -> None:
    """In the trust's log: whoever signs in is in no school yet."""
    await audit.record(
        session,
        action=action,
        school_id=TRUST_LOG,
        actor="sign-in",
        about_kind=about_kind,
        about_id=about_id,
        details=details or {},
    )
