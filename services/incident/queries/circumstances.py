"""What the revisions of an incident say beside their words."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.models import (
    Incident,
    IncidentAgency,
    IncidentCategory,
    IncidentMark,
    IncidentPupilCategory,
    IncidentRevision,
    IncidentTaken,
    IncidentTakenPupil,
)

Row = TypeVar("Row", IncidentTaken, IncidentTakenPupil, IncidentAgency, IncidentMark)


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the words of one revision."""

    taken: list[IncidentTaken] = field(default_factory=list)
    taken_pupils: dict[int, list[UUID]] = field(default_factory=lambda: defaultdict(list))
    agencies: list[IncidentAgency] = field(default_factory=list)
    marks: list[IncidentMark] = field(default_factory=list)


async def beside(session: AsyncSession, incident: Incident) -> Mapping[int, Beside]:
    made: dict[int, Beside] = defaultdict(Beside)
    for taken in await _all(session, IncidentTaken, incident, IncidentTaken.position):
        made[taken.revision].taken.append(taken)
    for one in await _all(session, IncidentTakenPupil, incident, IncidentTakenPupil.pupil_id):
        made[one.revision].taken_pupils[one.position].append(one.pupil_id)
    for agency in await _all(session, IncidentAgency, incident, IncidentAgency.position):
        made[agency.revision].agencies.append(agency)
    for mark in await _all(session, IncidentMark, incident, IncidentMark.number):
        made[mark.revision].marks.append(mark)
    return made


async def _all(session: AsyncSession, table: type[Row], incident: Incident, order: object) -> Sequence[Row]:
    found = await session.scalars(
        select(table).where(table.school_id == incident.school_id, table.incident_id == incident.id).order_by(order)  # type: ignore[arg-type]
    )
    return found.all()


@dataclass(frozen=True, slots=True)
class Kept:
    """What earlier revisions chose from the school's lists: a correction may keep it though it was retired since."""

    category_ids: frozenset[UUID] = frozenset()
    entry_ids: frozenset[UUID] = frozenset()
    sanction: bool = False


async def kept(session: AsyncSession, incident: Incident) -> Kept:
    categories: set[UUID] = set()
    for table in (IncidentCategory, IncidentPupilCategory):
        categories |= set(
            await session.scalars(
                select(table.category_id).where(table.school_id == incident.school_id, table.incident_id == incident.id)
            )
        )
    revisions = await session.execute(
        select(IncidentRevision.location_id, IncidentRevision.sanction).where(
            IncidentRevision.school_id == incident.school_id, IncidentRevision.incident_id == incident.id
        )
    )
    before = revisions.all()
    agencies = await _all(session, IncidentAgency, incident, IncidentAgency.position)
    return Kept(
        category_ids=frozenset(categories),
        entry_ids=frozenset({*(one.agency_id for one in agencies), *(row.location_id for row in before)} - {None}),
        sanction=any(row.sanction for row in before),
    )
