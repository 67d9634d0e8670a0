"""Who acts: the audit row of a write, and the two limits that every change of rights has."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared import audit
from shared.errors import NotFound, NotPermitted
from shared.identity import Staff

OPERATOR = "operator"


async def note(
    session: AsyncSession,
    acting_staff: Staff | None,
    *,
    action: str,
    school_id: UUID,
    about_kind: str,
    about_id: UUID | None,
    pupil_ids: tuple[UUID, ...] = (),
    details: Mapping[str, str | int | bool | None] | None = None,
) -> None:
    await audit.record(
        session,
        action=action,
        school_id=school_id,
        staff=acting_staff,
        actor="" if acting_staff else OPERATOR,
        about_kind=about_kind,
        about_id=about_id,
        pupil_ids=pupil_ids,
        details=details or {},
    )


def in_own_school(acting_staff: Staff | None, school_id: UUID) -> None:
    """Whoever acts, acts in the school they are in; another school is not there for them."""
    if acting_staff is not None and acting_staff.school_id != school_id:
        raise NotFound()


def not_oneself(acting_staff: Staff | None, staff_id: UUID, *, who_can: str) -> None:
    if acting_staff is not None and acting_staff.staff_id == staff_id:
        raise NotPermitted(who_can)


async def one_at_a_time(session: AsyncSession, what: str) -> None:
    """Of two who would add the same thing at once, the second waits for the first's commit and finds it there."""
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtext('added'), hashtext(:what))"), {"what": what})


def now() -> datetime:
    return datetime.now(UTC)
