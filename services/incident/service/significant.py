"""Significant events (R5, R7): what somebody judged to matter in a child's record, beside the full log.

A judgement is never changed. The next one takes its place, and the one that takes the mark away says why.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.models import IncidentPupil, SignificantEvent
from services.incident.queries.incidents import Found
from services.incident.queries.pupil_record import within_reach
from services.incident.queries.reach import Who
from services.incident.queries.significant import Event, events_of
from services.incident.service.permitted import readable
from shared import audit
from shared.errors import Conflict, FieldError, Invalid, NotFound


async def mark_significant(
    session: AsyncSession,
    *,
    who: Who,
    pupil_id: UUID,
    incident_id: UUID,
    headline: str,
    analysis: str | None,
    at: datetime | None = None,
) -> int:
    """Returns the number of this judgement. Raises NotFound, NotPermitted; Invalid for a headline without a word."""
    if not headline.strip():
        raise Invalid(FieldError("headline", "Say in a few words what matters here."))
    found = await _theirs(session, who, pupil_id, incident_id)
    values = {"headline": headline, "analysis": analysis, "reason": None}
    return await _judge(session, who, found, pupil_id, action="event:marked", values=values, at=at)


async def retire_significant(
    session: AsyncSession, *, who: Who, pupil_id: UUID, incident_id: UUID, reason: str, at: datetime | None = None
) -> int:
    """Raises NotFound, NotPermitted; Conflict for what is not marked; Invalid for a reason without a word."""
    if not reason.strip():
        raise Invalid(FieldError("reason", "Say why; it stays on the record."))
    found = await _theirs(session, who, pupil_id, incident_id)
    newest = await _newest(session, found, pupil_id)
    if newest is None or newest.headline is None:
        raise Conflict("This is not marked as significant.")
    values = {"headline": None, "analysis": None, "reason": reason}
    return await _judge(session, who, found, pupil_id, action="event:retired", values=values, at=at)


async def significant_events(
    session: AsyncSession, *, who: Who, pupil_id: UUID, retired: bool = False
) -> Sequence[Event]:
    """What is significant of those entries that this person may read whole, the newest first. Raises NotFound."""
    if await within_reach(session, who.staff, pupil_id) is None:
        raise NotFound()
    found = [
        event for event in await events_of(session, who, pupil_id) if retired or event.versions[-1].headline is not None
    ]
    await audit.record(
        session,
        action="pupil:events_read",
        school_id=who.staff.school_id,
        staff=who.staff,
        about_kind="pupil",
        about_id=pupil_id,
        pupil_ids=[pupil_id],
        details={"events": len(found)},
    )
    return found


async def _theirs(session: AsyncSession, who: Who, pupil_id: UUID, incident_id: UUID) -> Found:
    """The incident, locked, if it is of this child's record now."""
    found = await readable(session, who, incident_id, lock=True)
    linked = await session.scalar(
        select(func.count()).where(
            IncidentPupil.school_id == who.staff.school_id,
            IncidentPupil.incident_id == incident_id,
            IncidentPupil.revision == found.incident.revision,
            IncidentPupil.pupil_id == pupil_id,
        )
    )
    if not linked or await within_reach(session, who.staff, pupil_id) is None:
        raise NotFound()
    return found


async def _newest(session: AsyncSession, found: Found, pupil_id: UUID) -> SignificantEvent | None:
    newest: SignificantEvent | None = await session.scalar(
        select(SignificantEvent)
        .where(
            SignificantEvent.school_id == found.incident.school_id,
            SignificantEvent.incident_id == found.incident.id,
            SignificantEvent.pupil_id == pupil_id,
        )
        .order_by(SignificantEvent.version.desc())
        .limit(1)
    )
    return newest


async def _judge(
    session: AsyncSession,
    who: Who,
    found: Found,
    pupil_id: UUID,
    *,
    action: str,
    values: dict[str, str | None],
    at: datetime | None,
) -> int:
    newest = await _newest(session, found, pupil_id)
    version = newest.version + 1 if newest else 1
    await session.execute(
        insert(SignificantEvent).values(
            school_id=who.staff.school_id,
            pupil_id=pupil_id,
            incident_id=found.incident.id,
            version=version,
            by_id=who.staff.staff_id,
            at=at or datetime.now(UTC),
            **values,
        )
    )
    await audit.record(
        session,
        action=action,
        school_id=who.staff.school_id,
        staff=who.staff,
        about_kind="incident",
        about_id=found.incident.id,
        pupil_ids=[pupil_id],
        details={"version": version},
    )
    return version
