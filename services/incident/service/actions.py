"""What is added to an incident: actions by those who must act, addenda by its author."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.domain import NOT_OWED, Owed, owed_faults
from services.incident.models import Action, ActionPupil, Addendum, Incident, IncidentPupil
from services.incident.queries.incidents import find
from services.incident.queries.owed_actions import knows_of
from services.incident.queries.reach import Who
from services.incident.service.permitted import to_act_on, unchanged_since
from services.incident.service.versions import next_version
from shared import audit
from shared.contracts.incident import ActionAdded
from shared.errors import FieldError, Invalid, NotFound, NotPermitted
from shared.identity import Staff
from shared.ids import new_id
from shared.outbox import publish

# Who is to do something about a child must know of it, and nobody comes to know of it but by an alert.
_UNTOLD: Final = ("owner_id", "This colleague has not been told of the incident; alert them first.")


async def add_action(
    session: AsyncSession,
    *,
    who: Who,
    incident_id: UUID,
    text: str,
    pupil_ids: Sequence[UUID] = (),
    tell_author: bool = False,
    owed: Owed = NOT_OWED,
    version: int | None = None,
    at: datetime | None = None,
) -> tuple[UUID, int]:
    """Record what was done, or with an owner what is to be done, for the children named or for all (C8).

    Returns the action's id and the incident's version. Raises NotFound, ElevationRequired, NotPermitted, Conflict;
    Invalid for a child who is not linked, and for an owner who does not know of the incident.
    """
    staff, now = who.staff, at or datetime.now(UTC)
    found = await to_act_on(session, who, incident_id)
    unchanged_since(found, version)
    linked = await _linked(session, found.incident)
    known = owed.owner_id in {None, staff.staff_id} or await knows_of(session, found.incident, owed.owner_id)
    _check(text, pupil_ids, linked, [*owed_faults(owed, now), *([] if known else [_UNTOLD])])
    # The order in which they were linked; each child has the action on their own record.
    about = [pupil_id for pupil_id in linked if not pupil_ids or pupil_id in pupil_ids]
    action_id = new_id()
    new_version = await next_version(session, found.incident, action_id)
    await _write(
        session,
        {
            "school_id": staff.school_id,
            "id": action_id,
            "incident_id": incident_id,
            "author_id": staff.staff_id,
            "text": text,
            "created_at": now,
            "tell_author": tell_author,
            "owner_id": owed.owner_id,
            "due_at": owed.due_at,
            "promise": owed.promise,
        },
        about,
    )
    await audit.record(
        session,
        action="action:added",
        school_id=staff.school_id,
        staff=staff,
        about_kind="incident",
        about_id=incident_id,
        pupil_ids=about,
        details={"action_id": str(action_id)},
    )
    event = ActionAdded(
        incident_id=incident_id,
        action_id=action_id,
        author_id=staff.staff_id,
        pupil_ids=about,
        tell_author=tell_author,
        owner_id=owed.owner_id,
        due_at=owed.due_at,
        promise=owed.promise,
    )
    await publish(session, event, school_id=staff.school_id, version=new_version)
    return action_id, new_version


async def add_addendum(
    session: AsyncSession, *, acting_staff: Staff, incident_id: UUID, text: str, at: datetime | None = None
) -> tuple[UUID, int]:
    """The author adds to their own words, at any time (C1). Raises NotFound; NotPermitted for one who only reads it."""
    found = await find(session, Who(acting_staff), incident_id, lock=True)
    if found is None or not found.any:
        raise NotFound()
    if not found.own:
        raise NotPermitted("the author of the incident; you can add an action instead")
    if not text.strip():
        raise Invalid(FieldError("text", "Write what you want to add."))
    addendum_id = new_id()
    new_version = await next_version(session, found.incident, addendum_id)
    await session.execute(
        insert(Addendum).values(
            school_id=acting_staff.school_id,
            id=addendum_id,
            incident_id=incident_id,
            author_id=acting_staff.staff_id,
            text=text,
            created_at=at or datetime.now(UTC),
        )
    )
    await audit.record(
        session,
        action="addendum:added",
        school_id=acting_staff.school_id,
        staff=acting_staff,
        about_kind="incident",
        about_id=incident_id,
        pupil_ids=await _linked(session, found.incident),
        details={"addendum_id": str(addendum_id)},
    )
    return addendum_id, new_version


async def _write(session: AsyncSession, action: dict[str, object], about: Sequence[UUID]) -> None:
    await session.execute(insert(Action).values(action))
    each = {"school_id": action["school_id"], "action_id": action["id"]}
    await session.execute(insert(ActionPupil), [each | {"pupil_id": pupil_id} for pupil_id in about])


async def _linked(session: AsyncSession, incident: Incident) -> list[UUID]:
    found = await session.scalars(
        select(IncidentPupil.pupil_id)
        .where(
            IncidentPupil.school_id == incident.school_id,
            IncidentPupil.incident_id == incident.id,
            IncidentPupil.revision == incident.revision,
        )
        .order_by(IncidentPupil.position)
    )
    return list(found)


def _check(text: str, pupil_ids: Sequence[UUID], linked: Sequence[UUID], faults: Sequence[tuple[str, str]]) -> None:
    errors = [
        FieldError(f"pupil_ids.{place}", "This child is not linked to the incident.")
        for place, pupil_id in enumerate(pupil_ids)
        if pupil_id not in linked
    ]
    if not text.strip():
        errors.append(FieldError("text", "Write down what was done."))
    errors += [FieldError(path, message) for path, message in faults]
    if errors:
        raise Invalid(*errors)
