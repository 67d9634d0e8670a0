"""An incident with all that hangs on it, read in a fixed number of questions."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.domain import Former
from services.incident.models import (
    Action,
    ActionFinished,
    ActionPupil,
    Addendum,
    Incident,
    IncidentCategory,
    IncidentPupilCategory,
    IncidentRevision,
    IncidentStep,
    ListEntry,
    Pupil,
)
from services.incident.queries import lists
from services.incident.queries.categories import former_names
from services.incident.queries.circumstances import Beside, beside
from services.incident.queries.decided import DecidedOn, decided_on
from services.incident.queries.incidents import Child, children, revisions
from services.incident.queries.reach import Who, reachable_pupil

Row = TypeVar("Row", Action, Addendum, IncidentStep)


@dataclass(frozen=True, slots=True)
class Record:
    revisions: Sequence[IncidentRevision]
    categories: Mapping[int, Sequence[UUID]]
    children: Mapping[int, Sequence[Child]]
    child_categories: Mapping[tuple[int, UUID], Sequence[UUID]]
    reachable: frozenset[UUID]
    actions: Sequence[Action]
    action_pupils: Mapping[UUID, Sequence[UUID]]
    finished: Mapping[UUID, ActionFinished]
    decided: DecidedOn
    addenda: Sequence[Addendum]
    steps: Sequence[IncidentStep]
    beside: Mapping[int, Beside]
    entries: Mapping[UUID, ListEntry]
    former: Former

    @property
    def pupil_ids(self) -> set[UUID]:
        """Every child of any revision: reading the record is reading about each of them."""
        return {child.pupil.id for linked in self.children.values() for child in linked}


async def record_of(session: AsyncSession, who: Who, incident: Incident) -> Record:
    linked = await children(session, incident.school_id, [incident.id])
    actions = await _by_time(session, Action, incident, Action.created_at)
    written = await revisions(session, incident)
    said = await beside(session, incident)
    return Record(
        revisions=written,
        categories=await _categories(session, incident),
        children=_by_revision(linked),
        child_categories=await _child_categories(session, incident),
        reachable=await _reachable(session, who, [child.pupil.id for child in linked]),
        actions=actions,
        action_pupils=await _action_pupils(session, incident.school_id, [action.id for action in actions]),
        finished=await finished(session, incident.school_id, [action.id for action in actions]),
        decided=await decided_on(session, incident),
        addenda=await _by_time(session, Addendum, incident, Addendum.created_at),
        steps=await _by_time(session, IncidentStep, incident, IncidentStep.at),
        beside=said,
        entries=await lists.by_id(session, incident.school_id, _entry_ids(written, said)),
        former=await former_names(session, incident.school_id),
    )


def _entry_ids(written: Sequence[IncidentRevision], said: Mapping[int, Beside]) -> set[UUID]:
    """The agencies and places that any revision names."""
    agencies = {agency.agency_id for one in said.values() for agency in one.agencies}
    return agencies | {revision.location_id for revision in written if revision.location_id}


async def _by_time(session: AsyncSession, table: type[Row], incident: Incident, at: object) -> Sequence[Row]:
    found = await session.scalars(
        select(table)
        .where(table.school_id == incident.school_id, table.incident_id == incident.id)
        .order_by(at, table.id)  # type: ignore[arg-type]
    )
    return found.all()


async def _categories(session: AsyncSession, incident: Incident) -> Mapping[int, Sequence[UUID]]:
    found = await session.execute(
        select(IncidentCategory.revision, IncidentCategory.category_id).where(
            IncidentCategory.school_id == incident.school_id, IncidentCategory.incident_id == incident.id
        )
    )
    made: dict[int, list[UUID]] = defaultdict(list)
    for revision, category_id in found:
        made[revision].append(category_id)
    return made


async def _child_categories(session: AsyncSession, incident: Incident) -> Mapping[tuple[int, UUID], Sequence[UUID]]:
    table = IncidentPupilCategory
    found = await session.execute(
        select(table.revision, table.pupil_id, table.category_id).where(
            table.school_id == incident.school_id, table.incident_id == incident.id
        )
    )
    made: dict[tuple[int, UUID], list[UUID]] = defaultdict(list)
    for revision, pupil_id, category_id in found:
        made[revision, pupil_id].append(category_id)
    return made


async def _action_pupils(
    session: AsyncSession, school_id: UUID, action_ids: Sequence[UUID]
) -> Mapping[UUID, Sequence[UUID]]:
    found = await session.execute(
        select(ActionPupil.action_id, ActionPupil.pupil_id).where(
            ActionPupil.school_id == school_id, ActionPupil.action_id.in_(action_ids)
        )
    )
    made: dict[UUID, list[UUID]] = defaultdict(list)
    for action_id, pupil_id in found:
        made[action_id].append(pupil_id)
    return made


async def finished(session: AsyncSession, school_id: UUID, action_ids: Sequence[UUID]) -> Mapping[UUID, ActionFinished]:
    found = await session.scalars(
        select(ActionFinished).where(ActionFinished.school_id == school_id, ActionFinished.action_id.in_(action_ids))
    )
    return {row.action_id: row for row in found}


async def _reachable(session: AsyncSession, who: Who, pupil_ids: Sequence[UUID]) -> frozenset[UUID]:
    found = await session.scalars(
        select(Pupil.id).where(
            Pupil.school_id == who.staff.school_id, Pupil.id.in_(pupil_ids), reachable_pupil(who.staff)
        )
    )
    return frozenset(found)


def _by_revision(linked: Sequence[Child]) -> Mapping[int, Sequence[Child]]:
    made: dict[int, list[Child]] = defaultdict(list)
    for child in linked:
        made[child.revision].append(child)
    return made


async def current_categories(
    session: AsyncSession, school_id: UUID, incident_ids: Sequence[UUID]
) -> Mapping[UUID, Sequence[UUID]]:
    """The categories of several incidents in the revision that counts now."""
    table = IncidentCategory
    found = await session.execute(
        select(table.incident_id, table.category_id)
        .join(
            Incident,
            (Incident.school_id == table.school_id)
            & (Incident.id == table.incident_id)
            & (Incident.revision == table.revision),
        )
        .where(table.school_id == school_id, table.incident_id.in_(incident_ids))
    )
    made: dict[UUID, list[UUID]] = defaultdict(list)
    for incident_id, category_id in found:
        made[incident_id].append(category_id)
    return made
