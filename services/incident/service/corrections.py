"""A correction is a new revision with a reason; the first words stay (C1, R53, R54)."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.domain import Concern, every_category
from services.incident.models import Incident
from services.incident.queries import pupils as roll
from services.incident.queries.circumstances import kept
from services.incident.queries.incidents import children
from services.incident.queries.reach import Who
from services.incident.service.incidents import facts
from services.incident.service.permitted import readable, unchanged_since
from services.incident.service.versions import note_change
from services.incident.service.writing import check, revision_rows
from shared import audit
from shared.contracts.incident import IncidentCorrected
from shared.errors import FieldError, Invalid
from shared.outbox import publish
from shared.rows import write_rows


async def correct_incident(
    session: AsyncSession,
    *,
    who: Who,
    incident_id: UUID,
    concern: Concern,
    reason: str,
    version: int | None = None,
) -> int:
    """Write the incident as it should read from now on. A change of categories counts at once. Returns the version.

    Raises NotFound, Conflict, Invalid. `concern.urgent` and the extra recipients are those of the first writing.
    """
    now, staff = datetime.now(UTC), who.staff
    # The categories before the incident, as whoever changes a category has them.
    await roll.in_use(session, staff.school_id, every_category(concern.category_ids, concern.links))
    found = await readable(session, who, incident_id, lock=True)
    unchanged_since(found, version)
    if not reason.strip():
        raise Invalid(FieldError("reason", "Say why it is corrected; the first words stay visible."))
    incident = found.incident
    before = await children(session, staff.school_id, [incident_id])
    known = {child.pupil.id: child.pupil for child in before}
    checked = await check(
        session,
        staff.school_id,
        concern,
        now=now,
        known=known,
        kept=await kept(session, incident),
        logged_at=incident.logged_at,
    )
    revision, new_version = incident.revision + 1, incident.version + 1
    await session.execute(
        update(Incident)
        .where(Incident.school_id == staff.school_id, Incident.id == incident_id)
        .values(revision=revision, version=new_version, sensitivity=int(checked.sensitivity))
        .execution_options(synchronize_session=False)
    )
    words = revision_rows(
        checked,
        school_id=staff.school_id,
        incident_id=incident_id,
        revision=revision,
        by_id=staff.staff_id,
        reason=reason,
        at=now,
    )
    await write_rows(session, words)
    await note_change(session, incident, new_version, [incident_id])
    await audit.record(
        session,
        action="incident:corrected",
        school_id=staff.school_id,
        staff=staff,
        about_kind="incident",
        about_id=incident_id,
        pupil_ids={*known, *checked.pupils},
        details={"revision": revision},
    )
    told = facts(checked, incident_id=incident_id, author_id=incident.author_id, logged_at=incident.logged_at)
    event = IncidentCorrected(**{**told, "urgent": incident.urgent})
    await publish(session, event, school_id=staff.school_id, version=new_version)
    return new_version
