"""Review, closing and reopening (R61). A closed incident stays readable and can be added to."""

from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.domain import State, Step, reasons_to_stay_open, state_after
from services.incident.models import Incident, IncidentStep
from services.incident.queries.decided import anything_followed, must_follow_up, open_actions
from services.incident.queries.incidents import Found, children
from services.incident.queries.reach import Who
from services.incident.service.permitted import readable, unchanged_since
from services.incident.service.versions import note_change
from shared import audit
from shared.contracts.incident import IncidentClosed, IncidentReopened
from shared.errors import Conflict, FieldError, Invalid
from shared.ids import new_id
from shared.outbox import publish

# A review is the school's own business: nobody outside this service acts on it.
_TOLD: Final = MappingProxyType({Step.CLOSE: IncidentClosed, Step.REOPEN: IncidentReopened})


async def review_incident(
    session: AsyncSession,
    *,
    who: Who,
    incident_id: UUID,
    reason: str,
    version: int | None = None,
    at: datetime | None = None,
) -> int:
    """Take an open incident under review. Returns the new version. Raises as `close_incident`."""
    found = await readable(session, who, incident_id, lock=True)
    unchanged_since(found, version)
    return await _step(session, who, found, Step.REVIEW, reason=reason, at=at)


async def close_incident(
    session: AsyncSession,
    *,
    who: Who,
    incident_id: UUID,
    reason: str,
    version: int | None = None,
    at: datetime | None = None,
) -> int:
    """Returns the new version.

    Raises NotFound; Conflict when it is closed already, was changed meanwhile, or something is still to be done.
    """
    found = await readable(session, who, incident_id, lock=True)
    unchanged_since(found, version)
    if found.incident.state != State.CLOSED:
        await _refuse_unfinished(session, found)
    return await _step(session, who, found, Step.CLOSE, reason=reason, at=at)


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
    return await _step(session, who, found, Step.REOPEN, reason=reason, at=at)


async def _refuse_unfinished(session: AsyncSession, found: Found) -> None:
    incident = found.incident
    stays = reasons_to_stay_open(
        open_actions=await open_actions(session, incident),
        must_follow_up=await must_follow_up(session, incident),
        followed=await anything_followed(session, incident),
    )
    if stays:
        raise Conflict(" ".join(stays), extra={"version": incident.version})


async def _step(session: AsyncSession, who: Who, found: Found, step: Step, *, reason: str, at: datetime | None) -> int:
    incident, staff = found.incident, who.staff
    to = state_after(State(incident.state), step)
    if to is None:
        state = incident.state.replace("_", " ")
        raise Conflict(f"The incident is {state} already.", extra={"version": incident.version})
    if not reason.strip():
        raise Invalid(FieldError("reason", "Say why; it stays on the record."))
    version, step_id = incident.version + 1, new_id()
    await session.execute(
        update(Incident)
        .where(Incident.school_id == incident.school_id, Incident.id == incident.id)
        .values(state=to.value, version=version)
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        insert(IncidentStep).values(
            school_id=staff.school_id,
            id=step_id,
            incident_id=incident.id,
            step=step.value,
            by_id=staff.staff_id,
            reason=reason,
            at=at or datetime.now(UTC),
        )
    )
    await note_change(session, incident, version, [step_id])
    linked = await children(session, staff.school_id, [incident.id])
    await audit.record(
        session,
        action=f"incident:{step.value}",
        school_id=staff.school_id,
        staff=staff,
        about_kind="incident",
        about_id=incident.id,
        pupil_ids={child.pupil.id for child in linked},
    )
    if kind := _TOLD.get(step):
        event = kind(incident_id=incident.id, by_id=staff.staff_id)
        await publish(session, event, school_id=staff.school_id, version=version)
    return version
