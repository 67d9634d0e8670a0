"""The version of an incident: what is written in the same breath is in order with it, and can be told to latecomers."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.models import Incident, IncidentChange
from services.incident.queries.incidents import Found
from services.incident.queries.reach import Who
from services.incident.queries.record import Record, record_of
from services.incident.service.permitted import readable
from shared import audit


async def next_version(session: AsyncSession, incident: Incident, *brought: UUID) -> int:
    """The aggregate's row is written, and with it locked, before anything of it goes into the outbox."""
    version = incident.version + 1
    await session.execute(
        update(Incident)
        .where(Incident.school_id == incident.school_id, Incident.id == incident.id)
        .values(version=version)
        .execution_options(synchronize_session=False)
    )
    await note_change(session, incident, version, brought)
    return version


async def note_change(session: AsyncSession, incident: Incident, version: int, brought: Sequence[UUID]) -> None:
    """Which rows came with this version; for a correction the incident's own id."""
    here = {"school_id": incident.school_id, "incident_id": incident.id, "version": version}
    await session.execute(insert(IncidentChange), [here | {"row_id": row_id} for row_id in brought])


@dataclass(frozen=True, slots=True)
class Since:
    """An incident as it is now, and what came after a version of it."""

    found: Found
    record: Record
    row_ids: frozenset[UUID]
    corrections: int


async def changed_since(session: AsyncSession, *, who: Who, incident_id: UUID, version: int) -> Since:
    """What was written after this version, for one who was about to write. A reading, and on the audit as one.

    Raises NotFound, ElevationRequired, NotPermitted.
    """
    found = await readable(session, who, incident_id)
    record = await record_of(session, who, found.incident)
    brought = await session.scalars(
        select(IncidentChange.row_id).where(
            IncidentChange.school_id == who.staff.school_id,
            IncidentChange.incident_id == incident_id,
            IncidentChange.version > version,
        )
    )
    row_ids = brought.all()
    await audit.record(
        session,
        action="incident:read",
        school_id=who.staff.school_id,
        staff=who.staff,
        about_kind="incident",
        about_id=incident_id,
        pupil_ids=record.pupil_ids,
        details={"revision": found.incident.revision, "since": version},
    )
    return Since(found, record, frozenset(row_ids), row_ids.count(incident_id))
