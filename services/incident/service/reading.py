"""Reading is an act: the audit row is of the same transaction as the query, so that no row means no answer."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.models import Incident, IncidentNumber
from services.incident.queries.incidents import Child, Found, Line, children, find, lines, own_lines
from services.incident.queries.reach import Who, whole
from services.incident.queries.record import Record, record_of
from shared import audit
from shared.errors import ElevationRequired, NotFound


async def open_incident(session: AsyncSession, *, who: Who, incident_id: UUID) -> tuple[Found, Record]:
    """One incident with all that hangs on it; how much of it may be shown is `Found`'s to say.

    Raises NotFound; ElevationRequired where the elevated person could read it and nothing of it is theirs now.
    """
    found = await find(session, who, incident_id)
    if found is None:
        raise NotFound()
    if not found.any:
        if found.whole_if_elevated:
            raise ElevationRequired()
        raise NotFound()
    record = await record_of(session, who, found.incident)
    await audit.record(
        session,
        action="incident:read" if found.whole else "incident:own_read",
        school_id=who.staff.school_id,
        staff=who.staff,
        about_kind="incident",
        about_id=incident_id,
        pupil_ids=record.pupil_ids,
        details={"revision": found.incident.revision, "vouched": incident_id in who.vouched},
    )
    return found, record


async def open_by_number(session: AsyncSession, *, who: Who, number: int) -> tuple[Found, Record]:
    """One incident by the number people say (R74). Raises as `open_incident`: a number tells nothing of its own."""
    named = select(IncidentNumber.incident_id).where(
        IncidentNumber.school_id == who.staff.school_id, IncidentNumber.number == number
    )
    incident_id = await session.scalar(named)
    if incident_id is None:
        raise NotFound()
    return await open_incident(session, who=who, incident_id=incident_id)


async def own_incidents(
    session: AsyncSession, *, who: Who, limit: int, after: tuple[datetime, UUID] | None
) -> Sequence[Line]:
    """What somebody has logged, in their own words, the newest first; one more than `limit` when there is more."""
    found = await own_lines(session, who, limit=limit + 1, after=after)
    linked = await children(session, who.staff.school_id, [line.incident.id for line in found])
    await _note_list(session, who, "incident:own_listed", linked, len(found))
    return found


async def summaries(
    session: AsyncSession, *, who: Who, incident_ids: Sequence[UUID]
) -> tuple[Sequence[Line], Sequence[Child]]:
    """Those of the incidents that may be read whole now, in a line each; the others are left out without a trace."""
    found = await lines(session, whole(who) & Incident.id.in_(incident_ids), limit=len(incident_ids))
    linked = await children(session, who.staff.school_id, [line.incident.id for line in found])
    await _note_list(session, who, "incident:listed", linked, len(found))
    current = {line.incident.id: line.incident.revision for line in found}
    return found, [child for child in linked if child.revision == current[child.link.incident_id]]


async def _note_list(session: AsyncSession, who: Who, action: str, linked: Sequence[Child], count: int) -> None:
    await audit.record(
        session,
        action=action,
        school_id=who.staff.school_id,
        staff=who.staff,
        about_kind="incidents",
        about_id=None,
        pupil_ids={child.pupil.id for child in linked},
        details={"incidents": count},
    )
