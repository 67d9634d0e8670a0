"""What somebody holds: their sessions and the browsers that are spared the second factor; listed and ended."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth import queries
from services.auth.domain import SESSION_IDLE
from services.auth.models import Device, StaffSession
from services.auth.service.acting import note
from services.auth.service.sessions import end_sessions_of
from shared.errors import NotFound
from shared.identity import Staff


async def own_sessions(session: AsyncSession, *, acting_staff: Staff, now: datetime) -> Sequence[StaffSession]:
    """Those that still hold, the newest first."""
    found = await session.scalars(
        select(StaffSession)
        .where(
            StaffSession.staff_id == acting_staff.staff_id,
            StaffSession.ended_at.is_(None),
            StaffSession.ends_at > now,
            StaffSession.seen_at > now - SESSION_IDLE,
        )
        .order_by(StaffSession.id.desc())
    )
    return found.all()


async def end_other_sessions(session: AsyncSession, *, acting_staff: Staff, now: datetime) -> int:
    """All but this one, with every remembered browser and personal token; how many sessions that were."""
    ended = await end_sessions_of(
        session, acting_staff.staff_id, why="ended-by-owner", now=now, but=acting_staff.session_id
    )
    await _note(session, acting_staff, "sessions:others-ended", acting_staff.staff_id)
    return ended


async def end_somebodys_sessions(session: AsyncSession, *, acting_staff: Staff, staff_id: UUID, now: datetime) -> int:
    """Whatever somebody of one's school holds, everywhere. Raises NotFound."""
    if not await queries.roles_in(session, acting_staff.school_id, staff_id):
        raise NotFound()
    ended = await end_sessions_of(session, staff_id, why="ended-by-school", now=now)
    await _note(session, acting_staff, "sessions:ended", staff_id)
    return ended


async def remembered_devices(session: AsyncSession, *, acting_staff: Staff, now: datetime) -> Sequence[Device]:
    found = await session.scalars(
        select(Device).where(Device.staff_id == acting_staff.staff_id, Device.ends_at > now).order_by(Device.id.desc())
    )
    return found.all()


async def forget_device(session: AsyncSession, *, acting_staff: Staff, device_id: UUID) -> None:
    """That browser is asked for the second factor again. Raises NotFound."""
    gone = await session.execute(
        delete(Device).where(Device.id == device_id, Device.staff_id == acting_staff.staff_id).returning(Device.id)
    )
    if gone.first() is None:
        raise NotFound()
    await _note(session, acting_staff, "device:forgotten", acting_staff.staff_id)


async def _note(session: AsyncSession, acting_staff: Staff, action: str, staff_id: UUID) -> None:
    await note(
        session,
        acting_staff,
        action=action,
        school_id=acting_staff.school_id,
        about_kind="staff",
        about_id=staff_id,
    )
