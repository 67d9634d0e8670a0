"""Break-glass: opened for a reason, told at once, ended early or by itself, reviewed by somebody else."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.domain import GLASS_LIFE, GlassReason, Verdict, is_fresh, says_why
from services.auth.glass_register import to_review, who_is_told
from services.auth.models import BreakGlass, StaffSession
from services.auth.service.mailing import mail
from shared import audit
from shared.errors import Conflict, ElevationRequired, FieldError, Invalid, NotFound, NotPermitted
from shared.identity import Staff
from shared.ids import new_id
from shared.mail import MailKind

UNREVIEWED: Final = (
    "Your last break-glass waits for its review. Ask the lead DSL or the data protection officer for it."
)
STILL_OPEN: Final = "It still runs. End it first, or review it when its half hour is over."
REVIEWED: Final = "Somebody has reviewed this already."
SOMEBODY_ELSE: Final = "somebody else who was told of it"


async def break_glass(
    session: AsyncSession, *, acting_staff: Staff, pupil_id: UUID, reason: GlassReason, words: str, now: datetime
) -> BreakGlass:
    """One child's record, for reading, from the next request on; the lead DSL and the DPO have a mail.

    Raises ElevationRequired unless a second factor was given just now, NotFound for a child they are shielded from,
    Invalid for too few words, and Conflict while their last one waits for its review.
    """
    given_at = await session.scalar(
        select(StaffSession.elevated_at).where(
            StaffSession.id == acting_staff.session_id, StaffSession.ended_at.is_(None)
        )
    )
    if not is_fresh(given_at, now=now):
        raise ElevationRequired
    if pupil_id in acting_staff.shields:
        raise NotFound
    if not says_why(words):
        raise Invalid(FieldError("words", "Say why in 20 characters or more."))
    told = await who_is_told(session, acting_staff, pupil_id)
    made: BreakGlass | None = await session.scalar(
        insert(BreakGlass)
        .values(
            school_id=acting_staff.school_id,
            id=new_id(),
            staff_id=acting_staff.staff_id,
            pupil_id=pupil_id,
            reason=reason.value,
            words=words,
            told=told,
            began_at=now,
            ends_at=now + GLASS_LIFE,
        )
        # Of two at once, in whichever schools, the second finds the first.
        .on_conflict_do_nothing(index_elements=["staff_id"], index_where=text("reviewed_at IS NULL"))
        .returning(BreakGlass)
    )
    if made is None:
        raise Conflict(UNREVIEWED)
    await mail(session, MailKind.BREAK_GLASS, told, school_id=acting_staff.school_id)
    await _note(session, acting_staff, made, "broken", reason=words, of=reason.value, told=len(told))
    return made


async def end_break_glass(session: AsyncSession, *, acting_staff: Staff, glass_id: UUID, now: datetime) -> BreakGlass:
    """Before its time, by whoever opened it or may review it. Ending what is over changes nothing. Raises NotFound."""
    glass = await _locked(session, acting_staff, glass_id)
    if glass.runs(now):
        glass.ended_at, glass.ended_by_id = now, acting_staff.staff_id
        await session.flush()
        await _note(session, acting_staff, glass, "ended")
    return glass


async def review_break_glass(
    session: AsyncSession, *, acting_staff: Staff, glass_id: UUID, verdict: Verdict, words: str, now: datetime
) -> BreakGlass:
    """Raises NotFound, NotPermitted for one's own, and Conflict while it runs or once it was reviewed."""
    glass = await _locked(session, acting_staff, glass_id)
    if glass.staff_id == acting_staff.staff_id:
        raise NotPermitted(SOMEBODY_ELSE)
    if glass.reviewed_at is not None:
        raise Conflict(REVIEWED)
    if glass.runs(now):
        raise Conflict(STILL_OPEN)
    glass.reviewed_at, glass.reviewed_by_id = now, acting_staff.staff_id
    glass.verdict, glass.review = verdict.value, words
    await session.flush()
    await _note(session, acting_staff, glass, "reviewed", verdict=verdict.value)
    return glass


async def _locked(session: AsyncSession, staff: Staff, glass_id: UUID) -> BreakGlass:
    """Own or to review; of two who end or review it at once, the second sees what the first did."""
    glass = await session.scalar(
        select(BreakGlass)
        .where(to_review(staff), BreakGlass.id == glass_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if glass is None:
        raise NotFound
    return glass


async def _note(
    session: AsyncSession,
    acting_staff: Staff,
    glass: BreakGlass,
    what: str,
    *,
    reason: str | None = None,
    **details: str | int | None,
) -> None:
    await audit.record(
        session,
        action=f"break-glass:{what}",
        school_id=glass.school_id,
        staff=acting_staff,
        about_kind="break-glass",
        about_id=glass.id,
        pupil_ids=(glass.pupil_id,),
        reason=reason,
        details={"staff": str(glass.staff_id), **details},
    )
