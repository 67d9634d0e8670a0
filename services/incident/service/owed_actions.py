"""What somebody is to do: the list of it, and that it was done."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.models import ActionFinished, ActionPupil, Pupil
from services.incident.queries import owed_actions as owed
from services.incident.queries.owed_actions import OwedAction
from services.incident.queries.reach import Who
from services.incident.queries.record import finished
from services.incident.service.permitted import to_finish, unchanged_since
from services.incident.service.versions import next_version
from shared import audit
from shared.contracts.incident import ActionDone
from shared.errors import Conflict, FieldError, Invalid, NotFound
from shared.outbox import publish

Listed = tuple[Sequence[OwedAction], Mapping[UUID, Sequence[Pupil]]]


async def finish_action(
    session: AsyncSession,
    *,
    who: Who,
    incident_id: UUID,
    action_id: UUID,
    note: str,
    version: int | None = None,
    at: datetime | None = None,
) -> int | None:
    """Write down that an action was done and what came of it (R84).

    By its owner, or by those who may act on the incident by their role. Returns the incident's version; None for an
    owner who reads nothing else of it. Raises NotFound, ElevationRequired, NotPermitted; Conflict when it is done.
    """
    staff = who.staff
    found, action = await to_finish(session, who, incident_id, action_id)
    if found.whole:
        unchanged_since(found, version)
    if action is None:
        raise NotFound()
    if action.owner_id is None or await finished(session, staff.school_id, [action_id]):
        seen = {"version": found.incident.version} if found.whole else {}
        raise Conflict("This action is done already; add another if there is more to say.", extra=seen)
    if not note.strip():
        raise Invalid(FieldError("note", "Write down what was done and what came of it."))
    new_version = await next_version(session, found.incident, action_id)
    await session.execute(
        insert(ActionFinished).values(
            school_id=staff.school_id,
            action_id=action_id,
            by_id=staff.staff_id,
            note=note,
            at=at or datetime.now(UTC),
        )
    )
    about = await session.scalars(
        select(ActionPupil.pupil_id).where(ActionPupil.school_id == staff.school_id, ActionPupil.action_id == action_id)
    )
    await audit.record(
        session,
        action="action:done",
        school_id=staff.school_id,
        staff=staff,
        about_kind="incident",
        about_id=incident_id,
        pupil_ids=about.all(),
        details={"action_id": str(action_id)},
    )
    event = ActionDone(incident_id=incident_id, action_id=action_id, by_id=staff.staff_id)
    await publish(session, event, school_id=staff.school_id, version=new_version)
    return new_version if found.whole else None


async def own_actions(
    session: AsyncSession, *, who: Who, only_open: bool, limit: int, after: tuple[datetime, UUID] | None
) -> Listed:
    """What this person is to do, the soonest due first; one more than `limit` when there is more."""
    return await _list(session, who, owed.mine(who), only_open=only_open, limit=limit, after=after)


async def school_actions(
    session: AsyncSession, *, who: Who, only_open: bool, limit: int, after: tuple[datetime, UUID] | None
) -> Listed:
    """What anybody is to do about incidents that this person may read, the soonest due first."""
    return await _list(session, who, owed.within_reach(who), only_open=only_open, limit=limit, after=after)


async def _list(
    session: AsyncSession,
    who: Who,
    which: ColumnElement[bool],
    *,
    only_open: bool,
    limit: int,
    after: tuple[datetime, UUID] | None,
) -> Listed:
    found = await owed.owed_actions(session, who, which, only_open=only_open, limit=limit + 1, after=after)
    about = await owed.pupils_of(session, who.staff.school_id, [line.action.id for line in found])
    await audit.record(
        session,
        action="action:listed",
        school_id=who.staff.school_id,
        staff=who.staff,
        about_kind="actions",
        about_id=None,
        pupil_ids={pupil.id for pupils in about.values() for pupil in pupils},
        details={"actions": len(found)},
    )
    return found, about
