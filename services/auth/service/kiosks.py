"""Kiosks (R43, C15): registered and revoked by the DSL team; whoever signs in on one can log and do nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth import queries
from services.auth.domain import KIOSK_LIFE, TOUCH_EVERY, hash_of, new_kiosk_token
from services.auth.models import Kiosk, School, StaffSession
from services.auth.service import throttles
from services.auth.service.acting import note, one_at_a_time
from services.auth.service.sessions import Candidate, note_sign_in, open_for
from shared.errors import FieldError, Invalid, NotFound
from shared.identity import Staff
from shared.ids import new_id

NAME_TAKEN: Final = "Another kiosk of your school has this name."


@dataclass(frozen=True, slots=True)
class OnKiosk:
    """A session on a kiosk, and the token it is held by."""

    token: str
    staff_id: UUID
    name: str
    ends_at: datetime


async def register_kiosk(session: AsyncSession, *, acting_staff: Staff, name: str, now: datetime) -> tuple[Kiosk, str]:
    """The device's row, and its token, which is shown this once. Raises Invalid for a name that is in use."""
    await one_at_a_time(session, f"kiosk {acting_staff.school_id}")
    same = select(Kiosk.id).where(
        Kiosk.school_id == acting_staff.school_id, func.lower(Kiosk.name) == name.lower(), Kiosk.revoked_at.is_(None)
    )
    if await session.scalar(same) is not None:
        raise Invalid(FieldError("name", NAME_TAKEN))
    token = new_kiosk_token(acting_staff.school_id)
    kiosk = Kiosk(
        school_id=acting_staff.school_id,
        id=new_id(),
        name=name,
        token_hash=hash_of(token),
        made_by_id=acting_staff.staff_id,
        made_at=now,
        last_seen_at=None,
        revoked_at=None,
        revoked_by_id=None,
    )
    session.add(kiosk)
    await session.flush()
    await _note(session, acting_staff, kiosk.id, "kiosk:registered")
    return kiosk, token


async def kiosks(session: AsyncSession, school_id: UUID) -> Sequence[Kiosk]:
    """Those in use first, each part the newest first."""
    query = select(Kiosk).where(Kiosk.school_id == school_id)
    return (await session.scalars(query.order_by(Kiosk.revoked_at.is_not(None), Kiosk.id.desc()))).all()


async def revoke_kiosk(session: AsyncSession, *, acting_staff: Staff, kiosk_id: UUID, now: datetime) -> None:
    """The device is none from its next request on, and whoever is signed in there is signed out. Raises NotFound."""
    revoked = await session.execute(
        update(Kiosk)
        .where(Kiosk.school_id == acting_staff.school_id, Kiosk.id == kiosk_id, Kiosk.revoked_at.is_(None))
        .values(revoked_at=now, revoked_by_id=acting_staff.staff_id)
        .returning(Kiosk.id)
    )
    if revoked.first() is None:
        raise NotFound()
    await session.execute(
        update(StaffSession)
        .where(StaffSession.kiosk_id == kiosk_id, StaffSession.ended_at.is_(None))
        .values(ended_at=now, ended_why="kiosk-revoked")
    )
    await _note(session, acting_staff, kiosk_id, "kiosk:revoked")


async def kiosk_of(session: AsyncSession, *, school_id: UUID, token: str, now: datetime) -> tuple[Kiosk, School]:
    """The device that holds this token, and its school. It has been seen now. Raises NotFound for any other token."""
    row = (
        await session.execute(
            select(Kiosk, School)
            .join(School, School.id == Kiosk.school_id)
            .where(Kiosk.school_id == school_id, Kiosk.token_hash == hash_of(token), Kiosk.revoked_at.is_(None))
        )
    ).first()
    if row is None:
        raise NotFound()
    kiosk: Kiosk = row.Kiosk
    if kiosk.last_seen_at is None or now - kiosk.last_seen_at >= TOUCH_EVERY:
        await session.execute(
            update(Kiosk).where(Kiosk.school_id == school_id, Kiosk.id == kiosk.id).values(last_seen_at=now)
        )
    return kiosk, row.School


async def sign_in_on_kiosk(
    session: AsyncSession, candidate: Candidate, *, school_id: UUID, token: str, fits: bool, now: datetime
) -> OnKiosk | None:
    """Begin a session that can log and nothing else, with the password alone; None for every reason not to.

    No second factor is asked: whoever had it here would be trusted on a device that everybody uses. Raises NotFound for
    a device that is none, or no longer.
    """
    kiosk, _ = await kiosk_of(session, school_id=school_id, token=token, now=now)
    # Kept still until the session is there: revoking the device ends every session that it has.
    await session.execute(
        select(Kiosk.id).where(Kiosk.school_id == school_id, Kiosk.id == kiosk.id).with_for_update(read=True)
    )
    person = await queries.account(session, candidate.staff_id) if candidate.staff_id and fits else None
    if person is None or person.disabled_at is not None or not await queries.roles_in(session, school_id, person.id):
        await note_sign_in(session, "sign-in:refused", about_kind="staff", about_id=candidate.staff_id)
        return None
    await throttles.forgive(session, *candidate.counted(), now=now)
    held, _ = await open_for(
        session, person.id, school_id, sure=False, now=now, device=f"Kiosk: {kiosk.name}", kiosk_id=kiosk.id
    )
    return OnKiosk(held, person.id, person.display_name, now + KIOSK_LIFE)


async def _note(session: AsyncSession, acting_staff: Staff, kiosk_id: UUID, action: str) -> None:
    await note(
        session,
        acting_staff,
        action=action,
        school_id=acting_staff.school_id,
        about_kind="kiosk",
        about_id=kiosk_id,
    )
