"""The second factor: a code of an authenticator app, at sign-in, for elevation, and when it is set up."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth import queries
from services.auth.domain import as_recovery_code, new_totp_secret, otpauth_uri, totp_step
from services.auth.models import Credential, StaffSession
from services.auth.scope import seeing
from services.auth.sealing import Sealing
from services.auth.service import throttles
from services.auth.service.acting import not_oneself, note
from services.auth.service.factors import factors_of
from services.auth.service.mailing import mail
from services.auth.service.passkeys import forget_passkeys
from services.auth.service.recovery_codes import forget_recovery_codes, use_recovery_code
from services.auth.service.sessions import end_sessions_of, note_sign_in, open_session
from shared.contracts.words import DSL_TEAM
from shared.errors import NotFound, NotPermitted
from shared.identity import Staff
from shared.mail import MailKind


@dataclass(frozen=True, slots=True)
class Given:
    """What became of a code. It is returned and not raised, so that the count of tries is committed."""

    accepted: bool
    wait: int = 0
    session_known: bool = True


async def give_code(
    session: AsyncSession, *, token: str, code: str, elevate: bool, sealing: Sealing, now: datetime
) -> Given:
    """The code that makes a session sure, or elevates it. Each code is taken once."""
    row = await open_session(session, token, now=now)
    if row is None:
        return Given(accepted=False, session_known=False)
    given = await _take_code(session, row.staff_id, code, elevate=elevate, sealing=sealing, now=now)
    await make_sure(session, row, given, elevate=elevate, by="code", now=now)
    return given


async def make_sure(
    session: AsyncSession,
    row: StaffSession,
    given: Given,
    *,
    elevate: bool,
    by: Literal["code", "passkey"],
    now: datetime,
) -> None:
    """What a second factor makes of a session, if it was accepted; written down whether or not it was."""
    if given.accepted:
        values: dict[str, object] = {"mfa_at": now, "seen_at": now}
        if elevate:
            values["elevated_at"] = now
        await session.execute(update(StaffSession).where(StaffSession.id == row.id).values(**values))
    action = "session:elevated" if elevate else "session:second-factor"
    await note_sign_in(
        session,
        action if given.accepted else f"{action}-refused",
        about_kind="session",
        about_id=row.id,
        details={"staff": str(row.staff_id), "by": by},
    )


async def enrol_totp(session: AsyncSession, *, acting_staff: Staff, sealing: Sealing) -> tuple[str, str]:
    """A new secret and its otpauth address, in force once a code of it was given.

    Raises NotPermitted for who has a second factor and is not elevated: a stolen session must not replace it.
    """
    person = await queries.account(session, acting_staff.staff_id)
    credential = await _credential(session, acting_staff.staff_id)
    if person is None or credential is None:
        raise NotFound()
    if await factors_of(session, acting_staff.staff_id) and not acting_staff.elevated:
        raise NotPermitted("you, with elevated access; or ask the lead DSL to reset your second factor")
    secret = new_totp_secret()
    credential.totp_pending = sealing.seal(secret, staff_id=person.id)
    await session.flush()
    return secret, otpauth_uri(secret, email=person.email)


async def confirm_totp(
    session: AsyncSession, *, acting_staff: Staff, code: str, sealing: Sealing, now: datetime
) -> Given:
    credential = await _credential(session, acting_staff.staff_id)
    if credential is None or credential.totp_pending is None:
        raise NotFound()
    wait = await throttles.take(session, throttles.of_code(acting_staff.staff_id), now=now)
    if wait:
        return Given(accepted=False, wait=wait)
    step = totp_step(sealing.open(credential.totp_pending, staff_id=acting_staff.staff_id), code, now=now)
    if step is None:
        return Given(accepted=False)
    credential.totp_sealed, credential.totp_pending = credential.totp_pending, None
    credential.totp_at, credential.totp_step = now, step
    await session.flush()
    await session.execute(
        update(StaffSession).where(StaffSession.id == acting_staff.session_id).values(mfa_at=now, seen_at=now)
    )
    await note(
        session,
        acting_staff,
        action="second-factor:enrolled",
        school_id=acting_staff.school_id,
        about_kind="staff",
        about_id=acting_staff.staff_id,
    )
    return Given(accepted=True)


async def reset_second_factor(
    session: AsyncSession, *, acting_staff: Staff | None, school_id: UUID, staff_id: UUID, now: datetime
) -> None:
    """For a lost phone: codes, passkeys and every session of theirs are gone. They and the DSLs are told."""
    not_oneself(acting_staff, staff_id, who_can="somebody else with the right to")
    if acting_staff is not None and not await queries.roles_in(session, school_id, staff_id):
        raise NotFound()
    await session.execute(
        update(Credential)
        .where(Credential.staff_id == staff_id)
        .values(totp_sealed=None, totp_at=None, totp_pending=None, totp_step=None)
    )
    await forget_passkeys(session, staff_id)
    await forget_recovery_codes(session, staff_id)
    await end_sessions_of(session, staff_id, why="second-factor-reset", now=now)
    await mail(session, MailKind.SECOND_FACTOR_RESET, [staff_id])
    async with seeing(session, school_id=school_id):
        team = {each for role in DSL_TEAM for each in await session.scalars(queries.holders(school_id, role))}
        told = team - {staff_id, acting_staff.staff_id if acting_staff else None}
        await mail(session, MailKind.SECOND_FACTOR_RESET_TOLD, told, school_id=school_id)
    await note(
        session,
        acting_staff,
        action="second-factor:reset",
        school_id=school_id,
        about_kind="staff",
        about_id=staff_id,
    )


async def _take_code(
    session: AsyncSession, staff_id: UUID, code: str, *, elevate: bool, sealing: Sealing, now: datetime
) -> Given:
    counted = throttles.of_code(staff_id)
    wait = await throttles.take(session, counted, now=now)
    credential = await _credential(session, staff_id)
    if wait or credential is None:
        return Given(accepted=False, wait=wait)
    if printed := as_recovery_code(code):
        # It lets somebody in who has lost their phone. Elevated access is for who has it in their hand.
        return Given(accepted=not elevate and await use_recovery_code(session, staff_id, printed, now=now))
    if credential.totp_sealed is None:
        return Given(accepted=False)
    step = totp_step(sealing.open(credential.totp_sealed, staff_id=staff_id), code, now=now)
    if step is None or (credential.totp_step is not None and step <= credential.totp_step):
        return Given(accepted=False)
    credential.totp_step = step
    await session.flush()
    await throttles.forgive(session, counted, now=now)
    return Given(accepted=True)


async def _credential(session: AsyncSession, staff_id: UUID) -> Credential | None:
    """Locked: of two requests with the same code the second finds it used."""
    found: Credential | None = await session.scalar(
        select(Credential)
        .where(Credential.staff_id == staff_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found
