"""The check of every request: who holds this session or token, where, with which rights, how sure. Two reads."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.domain import (
    ELEVATED_IDLE,
    KIOSK_IDLE,
    SESSION_IDLE,
    TOUCH_EVERY,
    SessionTimes,
    Standing,
    hash_of,
    standing,
)
from services.auth.models import PersonalToken, StaffSession
from services.auth.queries import today
from services.auth.scope import enter
from shared.contracts.words import Assurance, Role, TrustRole
from shared.identity import Staff
from shared.policy import Decision, decide


@dataclass(frozen=True, slots=True)
class Checked:
    staff: Staff
    expires_at: datetime
    elevated_until: datetime | None
    glass_until: datetime | None = None
    """Until when they may read behind broken glass, where `staff` says so."""


# Written out, because it runs at every request of the house. `disabled_at` is asked each time: that is the revocation.
_SESSION: Final = text(
    """
    SELECT s.id, s.staff_id, s.in_school_id, s.seen_at, s.ends_at, s.mfa_at, s.elevated_at, s.ended_at,
           s.kiosk_id,
           (SELECT id FROM trust) AS trust_id,
           (SELECT array_agg(t.role) FROM trust_role t WHERE t.staff_id = s.staff_id) AS trust_roles
    FROM staff_session s JOIN staff p ON p.id = s.staff_id AND p.disabled_at IS NULL
    WHERE s.token_hash = :hash
    """
)
_TOKEN: Final = text(
    """
    SELECT s.id, s.staff_id, s.in_school_id, s.scopes, NULL::uuid AS kiosk_id, s.expires_at, s.last_used_at,
           (SELECT id FROM trust) AS trust_id,
           (SELECT array_agg(t.role) FROM trust_role t WHERE t.staff_id = s.staff_id) AS trust_roles
    FROM personal_token s JOIN staff p ON p.id = s.staff_id AND p.disabled_at IS NULL
    WHERE s.token_hash = :hash AND s.ended_at IS NULL AND s.expires_at > :now
    """
)
_RIGHTS: Final = text(
    """
    SELECT (SELECT array_agg(r.role) FROM staff_role r
            WHERE r.school_id = :school AND r.staff_id = :staff) AS roles,
           (SELECT array_agg(DISTINCT c.code) FROM class_taught c
            WHERE c.school_id = :school AND c.staff_id = :staff
                  AND c.from_on <= :today AND (c.to_on IS NULL OR c.to_on >= :today)) AS classes,
           (SELECT array_agg(coalesce(h.pupil_id, h.incident_id)) FROM shield h
            WHERE h.school_id = :school AND h.staff_id = :staff AND h.lifted_at IS NULL) AS shields,
           EXISTS (SELECT FROM kiosk k
                   WHERE k.school_id = :school AND k.id = :kiosk AND k.revoked_at IS NULL) AS on_kiosk,
           g.id AS glass_id, g.pupil_id AS glass_pupil_id, g.ends_at AS glass_ends_at
    FROM (SELECT 1) AS one LEFT JOIN break_glass g
      ON g.school_id = :school AND g.staff_id = :staff
         AND g.reviewed_at IS NULL AND g.ended_at IS NULL AND g.ends_at > :now
    """
)


async def check_session(
    session: AsyncSession, token: str, *, now: datetime, school_id: UUID | None = None, background: bool = False
) -> Checked | None:
    """None when it is no session, or no longer one. `background`: the page asked by itself, nobody is there."""
    row = (await session.execute(_SESSION, {"hash": hash_of(token)})).first()
    if row is None:
        return None
    times = SessionTimes(row.seen_at, row.ends_at, row.mfa_at, row.elevated_at, row.ended_at)
    state = standing(times, now=now, idle_after=KIOSK_IDLE if row.kiosk_id else SESSION_IDLE)
    if not state.alive:
        if row.ended_at is None:
            await _set(session, row.id, ended_at=now, ended_why="idle" if now < row.ends_at else "too-long")
        return None
    found = await _staff(session, row, now=now, school_id=school_id, assurance=state.assurance, scopes=None)
    if found is None:
        return None
    await _touch(session, row.id, state, now=now, background=background)
    staff, glass_until = found
    until = state.elevated_until
    if until is not None and background:
        # Nobody is there: what ends by being idle ends from when somebody last was.
        until = min(until, row.seen_at + ELEVATED_IDLE)
    return Checked(staff, state.expires_at, until, glass_until)


async def check_personal_token(
    session: AsyncSession, token: str, *, now: datetime, school_id: UUID | None = None
) -> Checked | None:
    """None when it is no token, or no longer one. A program is never elevated: nobody is there to give a code."""
    row = (await session.execute(_TOKEN, {"hash": hash_of(token), "now": now})).first()
    if row is None or school_id not in {None, row.in_school_id}:
        return None
    found = await _staff(session, row, now=now, school_id=None, assurance=Assurance.MFA, scopes=frozenset(row.scopes))
    if found is None:
        return None
    if row.last_used_at is None or now - row.last_used_at >= TOUCH_EVERY:
        await session.execute(update(PersonalToken).where(PersonalToken.id == row.id).values(last_used_at=now))
    return Checked(found[0], row.expires_at, None)


async def _staff(
    session: AsyncSession,
    row: Row[Any],
    *,
    now: datetime,
    school_id: UUID | None,
    assurance: Assurance,
    scopes: frozenset[str] | None,
) -> tuple[Staff, datetime | None] | None:
    """The person with the rights they have now in the school asked for, and until when they are behind broken glass.

    None when they have no right there.
    """
    there = school_id or row.in_school_id
    # The rows of that school are in sight from here on; nothing but this transaction's own look is done with them.
    await enter(session, school_id=there, staff_id=row.staff_id)
    asked = {"school": there, "staff": row.staff_id, "today": today(now), "now": now, "kiosk": row.kiosk_id}
    rights = (await session.execute(_RIGHTS, asked)).one()
    roles = frozenset(Role(role) for role in rights.roles or ())
    trust_roles = frozenset(TrustRole(role) for role in row.trust_roles or ())
    if not roles and not trust_roles:
        return None
    if row.kiosk_id is not None and not rights.on_kiosk:
        return None
    staff = Staff(
        staff_id=row.staff_id,
        session_id=row.id,
        trust_id=row.trust_id,
        school_id=there,
        roles=roles,
        trust_roles=trust_roles,
        classes=frozenset(rights.classes or ()),
        assurance=assurance,
        shields=frozenset(rights.shields or ()),
        scopes=scopes,
        kiosk_id=row.kiosk_id,
        issued_at=now,
    )
    if not _behind_glass(staff, rights.glass_pupil_id):
        return staff, None
    return replace(staff, break_glass=rights.glass_id, break_glass_pupil=rights.glass_pupil_id), rights.glass_ends_at


def _behind_glass(staff: Staff, pupil_id: UUID | None) -> bool:
    """Whether a break-glass that runs counts at this request: for a person who might still open it, and no shield."""
    might = decide("break-glass", roles=staff.roles, trust_roles=staff.trust_roles, assurance=Assurance.ELEVATED)
    return (
        pupil_id is not None
        and might is Decision.ALLOWED
        and staff.scopes is None
        and staff.assurance >= Assurance.MFA
        and pupil_id not in staff.shields
    )


async def _touch(session: AsyncSession, session_id: UUID, state: Standing, *, now: datetime, background: bool) -> None:
    values: dict[str, object] = {}
    if state.elevation_over:
        values["elevated_at"] = None
    if state.touch and not background:
        values["seen_at"] = now
    if values:
        await _set(session, session_id, **values)


async def _set(session: AsyncSession, session_id: UUID, **values: object) -> None:
    await session.execute(update(StaffSession).where(StaffSession.id == session_id).values(**values))
