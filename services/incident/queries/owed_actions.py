"""Actions across incidents: those of one person, or of the whole school by reach."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.models import Action, ActionFinished, ActionPupil, Incident, IncidentNumber, Pupil, Reader
from services.incident.queries.reach import Who, not_shielded, own, whole

NO_HURRY: Final = datetime(9000, 1, 1, tzinfo=UTC)
"""Where an action without a due time stands in a list by due times: after all others."""


@dataclass(frozen=True, slots=True)
class OwedAction:
    action: Action
    number: int
    done_at: datetime | None

    @property
    def place(self) -> tuple[datetime, UUID]:
        """Where it stands in its list: a page begins after it."""
        return self.action.due_at or NO_HURRY, self.action.id


def mine(who: Who) -> ColumnElement[bool]:
    """What this person is to do, of incidents they may read; and of their own, where a shield does not stand between.

    An author reads nothing of what followed (R28) but what they were given to do themselves.
    """
    theirs = and_(own(who.staff), not_shielded(who.staff))
    return and_(Action.owner_id == who.staff.staff_id, or_(whole(who), theirs))


def within_reach(who: Who) -> ColumnElement[bool]:
    return and_(Action.owner_id.is_not(None), whole(who))


async def owed_actions(
    session: AsyncSession,
    who: Who,
    which: ColumnElement[bool],
    *,
    only_open: bool,
    limit: int,
    after: tuple[datetime, UUID] | None,
) -> Sequence[OwedAction]:
    """The soonest due first. `which` is a predicate of this module."""
    due = func.coalesce(Action.due_at, literal(NO_HURRY))
    query = (
        select(Action, IncidentNumber.number, ActionFinished.at)
        .join(Incident, and_(Incident.school_id == Action.school_id, Incident.id == Action.incident_id))
        .join(
            IncidentNumber,
            and_(IncidentNumber.school_id == Action.school_id, IncidentNumber.incident_id == Action.incident_id),
        )
        .outerjoin(
            ActionFinished, and_(ActionFinished.school_id == Action.school_id, ActionFinished.action_id == Action.id)
        )
        .where(Action.school_id == who.staff.school_id, which)
        .order_by(due, Action.id)
        .limit(limit)
    )
    if only_open:
        query = query.where(ActionFinished.at.is_(None))
    if after is not None:
        query = query.where(tuple_(due, Action.id) > after)
    return [OwedAction(*row) for row in await session.execute(query)]


async def pupils_of(
    session: AsyncSession, school_id: UUID, action_ids: Sequence[UUID]
) -> Mapping[UUID, Sequence[Pupil]]:
    """The children whom each of these actions is for."""
    found = await session.execute(
        select(ActionPupil.action_id, Pupil)
        .join(Pupil, and_(Pupil.school_id == ActionPupil.school_id, Pupil.id == ActionPupil.pupil_id))
        .where(ActionPupil.school_id == school_id, ActionPupil.action_id.in_(action_ids))
        .order_by(ActionPupil.action_id, Pupil.surname, Pupil.forename, Pupil.id)
    )
    made: dict[UUID, list[Pupil]] = defaultdict(list)
    for action_id, pupil in found:
        made[action_id].append(pupil)
    return made


async def knows_of(session: AsyncSession, incident: Incident, staff_id: UUID) -> bool:
    """Whether somebody wrote this incident or is named by an alert about it."""
    if staff_id == incident.author_id:
        return True
    named = select(literal(1)).where(
        Reader.school_id == incident.school_id,
        Reader.incident_id == incident.id,
        Reader.staff_id == staff_id,
        Reader.withdrawn_at.is_(None),
    )
    return bool(await session.scalar(named))
