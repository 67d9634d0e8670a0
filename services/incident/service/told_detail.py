"""What the author of an incident is told of what was done, where somebody chose to (R57, R123); nothing else (R28)."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.models import Action, Incident
from services.incident.queries.incidents import children, find
from services.incident.queries.reach import Who, not_shielded
from shared import audit
from shared.errors import NotFound, NotPermitted


async def told_detail(session: AsyncSession, *, who: Who, incident_id: UUID) -> Sequence[Action]:
    """The actions that their author may read, in the order they were written. A shield leaves none.

    Raises NotFound; NotPermitted for one who reads the incident and did not write it.
    """
    staff = who.staff
    found = await find(session, who, incident_id)
    if found is None or not found.any:
        raise NotFound()
    if not found.own:
        raise NotPermitted("the author of the incident; you read all of it")
    told = await session.scalars(
        select(Action)
        .join(Incident, (Incident.school_id == Action.school_id) & (Incident.id == Action.incident_id))
        .where(
            Action.school_id == staff.school_id,
            Action.incident_id == incident_id,
            Action.tell_author.is_(True),
            not_shielded(staff),
        )
        .order_by(Action.created_at, Action.id)
    )
    shown = told.all()
    linked = await children(session, staff.school_id, [incident_id])
    await audit.record(
        session,
        action="incident:told_read",
        school_id=staff.school_id,
        staff=staff,
        about_kind="incident",
        about_id=incident_id,
        pupil_ids={child.pupil.id for child in linked},
        details={"actions": len(shown)},
    )
    return shown
