"""Recovery codes: ten, shown once, each good once, for who has lost the phone or key their second factor is on."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.domain import hash_of, new_recovery_codes
from services.auth.domain.recovery import as_recovery_code
from services.auth.models import RecoveryCode
from services.auth.service.acting import note
from services.auth.service.factors import factors_of
from services.auth.service.mailing import mail
from shared.contracts.words import Assurance
from shared.errors import Conflict, ElevationRequired, SecondFactorRequired
from shared.identity import Staff
from shared.mail import MailKind


async def renew_recovery_codes(session: AsyncSession, *, acting_staff: Staff, now: datetime) -> list[str]:
    """Ten new ones; those of before are good no longer.

    The first ten are had with the second factor that was just set up. Later ones need elevated access: a stolen
    session must not print itself a way back in.
    """
    if acting_staff.assurance < Assurance.MFA:
        raise SecondFactorRequired
    if not acting_staff.elevated and await _made_before(session, acting_staff.staff_id):
        raise ElevationRequired
    if not await factors_of(session, acting_staff.staff_id):
        raise Conflict("Set up your second factor first; recovery codes stand in for it.")
    await forget_recovery_codes(session, acting_staff.staff_id)
    codes = new_recovery_codes()
    rows = [
        {"code_hash": hash_of(as_recovery_code(code) or ""), "staff_id": acting_staff.staff_id, "made_at": now}
        for code in codes
    ]
    await session.execute(insert(RecoveryCode), rows)
    await note(
        session,
        acting_staff,
        action="recovery-codes:made",
        school_id=acting_staff.school_id,
        about_kind="staff",
        about_id=acting_staff.staff_id,
    )
    return codes


async def recovery_codes_left(session: AsyncSession, staff_id: UUID) -> int:
    left = select(func.count()).where(RecoveryCode.staff_id == staff_id, RecoveryCode.used_at.is_(None))
    return await session.scalar(left) or 0


async def use_recovery_code(session: AsyncSession, staff_id: UUID, code: str, *, now: datetime) -> bool:
    """Whether it was theirs and unused; it is used now, and they are told by mail that it was."""
    used = await session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.code_hash == hash_of(code), RecoveryCode.staff_id == staff_id, RecoveryCode.used_at.is_(None)
        )
        .values(used_at=now)
        .returning(RecoveryCode.staff_id)
    )
    if used.first() is None:
        return False
    await mail(session, MailKind.RECOVERY_CODE, [staff_id])
    return True


async def forget_recovery_codes(session: AsyncSession, staff_id: UUID) -> None:
    await session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff_id))


async def _made_before(session: AsyncSession, staff_id: UUID) -> bool:
    made = select(func.count()).where(RecoveryCode.staff_id == staff_id)
    return bool(await session.scalar(made))
