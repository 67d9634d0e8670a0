"""Closing and reopening (R61). A closed incident stays readable and can be added to."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.models import Incident, IncidentStep
from services.incident.queries.incidents import Found, children
from services.incident.queries.reach import Who
from services.incident.service.permitted import readable, unchanged_since
from shared import audit
from shared.contracts.incident import IncidentClosed, IncidentReopened
from shared.errors import Conflict, FieldError, Invalid
from shared.ids import new_id
from shared.outbox import publish


async def close_incident(
    session: AsyncSession,
    *,
    who: Who,
    incident_id: UUID,
    reason: str,
    version: int | None = None,
    at: datetime | None = None,
) -> int:
    """Returns the new version. Raises NotFound, Conflict when it is closed already or was changed meanwhile."""
    found = await readable(session, who, incident_id, lock=True)
    unchanged_since(found, version)
    return await _step(session, who, found, to="closed", reason=reason, at=at)


async def reopen_incident(
    session: AsyncSession,
    *,
    who: Who,
    incident_id: UUID,
    reason: str,
    version: int | None = None,
    at: datetime | None = None,
) -> int:
    found = await readable(session, who, incident_id, lock=True)
    unchanged_since(found, version)
    return await _step(session, who, found, to="open", reason=reason, at=at)


async def _step(session: AsyncSession, who: Who, found: Found, *, to: str, reason: str, at: datetime | None) -> int:
    incident, staff = found.incident, who.staff
    if incident.state == to:
        raise Conflict(f"The incident is {to} already.", extra={"version": incident.version})
    if not reason.strip():
        raise Invalid(FieldError("reason", "Say why; it stays on the record."))
    step = "closed" if to == "closed" else "reopened"
    version = incident.version + 1
    await session.execute(
        update(Incident)
        .where(Incident.school_id == incident.school_id, Incident.id == incident.id)
        .values(state=to, version=version)
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        insert(IncidentStep).values(
            school_id=staff.school_id,
            id=new_id(),
            incident_id=incident.id,
            step=step,
            by_id=staff.staff_id,
            reason=reason,
            at=at or datetime.now(UTC),
        )
    )
    linked = await children(session, staff.school_id, [incident.id])
    await audit.record(
        session,
        action=f"incident:{step}",
        school_id=staff.school_id,
        staff=staff,
        about_kind="incident",
        about_id=incident.id,
        pupil_ids={child.pupil.id for child in linked},
    )
    kind = IncidentClosed if to == "closed" else IncidentReopened
    await publish(
        session, kind(incident_id=incident.id, by_id=staff.staff_id), school_id=staff.school_id, version=version
    )
    return version
