"""Several entries with all that hangs on them, read in a fixed number of questions however many they are."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.models import (
    Action,
    ActionFinished,
    ActionPupil,
    Addendum,
    Incident,
    IncidentCategory,
    IncidentNumber,
    IncidentPupilCategory,
    IncidentRevision,
    IncidentStep,
    Pupil,
    SignificantEvent,
)
from services.incident.queries.incidents import Child, children
from services.incident.queries.reach import Who, reachable_pupil
from services.incident.queries.record import finished

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Hanging:
    """By incident: the row and its number, its revisions, children, and what followed."""

    incidents: Mapping[UUID, tuple[Incident, int]]
    revisions: Mapping[UUID, Sequence[IncidentRevision]]
    categories: Mapping[tuple[UUID, int], Sequence[UUID]]
    child_categories: Mapping[tuple[UUID, int, UUID], Sequence[UUID]]
    children: Mapping[tuple[UUID, int], Sequence[Child]]
    actions: Mapping[UUID, Sequence[Action]]
    action_pupils: Mapping[UUID, Sequence[UUID]]
    finished: Mapping[UUID, ActionFinished]
    addenda: Mapping[UUID, Sequence[Addendum]]
    steps: Mapping[UUID, Sequence[IncidentStep]]
    reachable: frozenset[UUID]

    def categories_of(self, incident_id: UUID, revision: int, pupil_id: UUID) -> Sequence[UUID]:
        """Under what an entry counts for one child: categories of their own, or else those of the whole entry."""
        return self.child_categories.get((incident_id, revision, pupil_id)) or self.categories.get(
            (incident_id, revision), ()
        )

    @property
    def pupil_ids(self) -> set[UUID]:
        return {child.pupil.id for linked in self.children.values() for child in linked}


async def hanging_on(session: AsyncSession, who: Who, incident_ids: Sequence[UUID]) -> Hanging:
    school_id = who.staff.school_id
    linked = await children(session, school_id, incident_ids)
    actions = await _rows(session, Action, school_id, incident_ids, Action.created_at, Action.id)
    action_ids = [action.id for found in actions.values() for action in found]
    return Hanging(
        incidents=await _incidents(session, school_id, incident_ids),
        revisions=await _rows(session, IncidentRevision, school_id, incident_ids, IncidentRevision.revision),
        categories=await _categories(session, school_id, incident_ids),
        child_categories=await _child_categories(session, school_id, incident_ids),
        children=_grouped([((child.link.incident_id, child.revision), child) for child in linked]),
        actions=actions,
        action_pupils=await _action_pupils(session, school_id, action_ids),
        finished=await finished(session, school_id, action_ids),
        addenda=await _rows(session, Addendum, school_id, incident_ids, Addendum.created_at, Addendum.id),
        steps=await _rows(session, IncidentStep, school_id, incident_ids, IncidentStep.at, IncidentStep.id),
        reachable=await _reachable(session, who, [child.pupil.id for child in linked]),
    )


async def significant_now(
    session: AsyncSession, school_id: UUID, pupil_id: UUID, incident_ids: Sequence[UUID]
) -> Mapping[UUID, SignificantEvent]:
    """What these incidents were last called for this child, where it is significant."""
    found = await session.scalars(
        select(SignificantEvent)
        .where(
            SignificantEvent.school_id == school_id,
            SignificantEvent.pupil_id == pupil_id,
            SignificantEvent.incident_id.in_(incident_ids),
        )
        .order_by(SignificantEvent.version)
    )
    newest = {event.incident_id: event for event in found}
    return {incident_id: event for incident_id, event in newest.items() if event.headline is not None}


async def _incidents(
    session: AsyncSession, school_id: UUID, incident_ids: Sequence[UUID]
) -> Mapping[UUID, tuple[Incident, int]]:
    rows = await session.execute(
        select(Incident, IncidentNumber.number)
        .join(
            IncidentNumber,
            and_(IncidentNumber.school_id == Incident.school_id, IncidentNumber.incident_id == Incident.id),
        )
        .where(Incident.school_id == school_id, Incident.id.in_(incident_ids))
    )
    return {incident.id: (incident, number) for incident, number in rows}


async def _rows(
    session: AsyncSession, table: type[Any], school_id: UUID, incident_ids: Sequence[UUID], *order: Any
) -> Mapping[UUID, Sequence[Any]]:
    found = await session.scalars(
        select(table).where(table.school_id == school_id, table.incident_id.in_(incident_ids)).order_by(*order)
    )
    return _grouped([(row.incident_id, row) for row in found])


async def _categories(
    session: AsyncSession, school_id: UUID, incident_ids: Sequence[UUID]
) -> Mapping[tuple[UUID, int], Sequence[UUID]]:
    table = IncidentCategory
    found = await session.execute(
        select(table.incident_id, table.revision, table.category_id).where(
            table.school_id == school_id, table.incident_id.in_(incident_ids)
        )
    )
    return _grouped([((incident_id, revision), category_id) for incident_id, revision, category_id in found])


async def _child_categories(
    session: AsyncSession, school_id: UUID, incident_ids: Sequence[UUID]
) -> Mapping[tuple[UUID, int, UUID], Sequence[UUID]]:
    table = IncidentPupilCategory
    found = await session.execute(
        select(table.incident_id, table.revision, table.pupil_id, table.category_id).where(
            table.school_id == school_id, table.incident_id.in_(incident_ids)
        )
    )
    return _grouped([((row.incident_id, row.revision, row.pupil_id), row.category_id) for row in found])


async def _action_pupils(
    session: AsyncSession, school_id: UUID, action_ids: Sequence[UUID]
) -> Mapping[UUID, Sequence[UUID]]:
    found = await session.execute(
        select(ActionPupil.action_id, ActionPupil.pupil_id).where(
            ActionPupil.school_id == school_id, ActionPupil.action_id.in_(action_ids)
        )
    )
    return _grouped([(action_id, pupil_id) for action_id, pupil_id in found])


async def _reachable(session: AsyncSession, who: Who, pupil_ids: Sequence[UUID]) -> frozenset[UUID]:
    found = await session.scalars(
        select(Pupil.id).where(
            Pupil.school_id == who.staff.school_id, Pupil.id.in_(pupil_ids), reachable_pupil(who.staff)
        )
    )
    return frozenset(found)


Key = TypeVar("Key")


def _grouped(pairs: Sequence[tuple[Key, Row]]) -> dict[Key, list[Row]]:
    made: dict[Key, list[Row]] = defaultdict(list)
    for key, row in pairs:
        made[key].append(row)
    return dict(made)
