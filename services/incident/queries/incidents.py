"""Reading incidents: one whole, one in its author's own words, several in a line each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.models import Category, Incident, IncidentNumber, IncidentPupil, IncidentRevision, Pupil
from services.incident.queries.reach import Who, own, whole
from shared.contracts.words import Assurance


@dataclass(frozen=True, slots=True)
class Found:
    """An incident and in how far it may be read."""

    incident: Incident
    number: int
    whole: bool
    own: bool
    whole_if_elevated: bool

    @property
    def any(self) -> bool:
        return self.whole or self.own


async def find(session: AsyncSession, who: Who, incident_id: UUID, *, lock: bool = False) -> Found | None:
    """One incident and what this person may do with it, in one question; None when it is not in their school.

    Absent, another's and shielded take the same path and the same time.
    """
    query = (
        select(
            Incident,
            IncidentNumber.number,
            whole(who).label("whole"),
            own(who.staff).label("own"),
            whole(who, assurance=Assurance.ELEVATED).label("elevated"),
        )
        .join(IncidentNumber, _numbered())
        .where(Incident.school_id == who.staff.school_id, Incident.id == incident_id)
    )
    if lock:
        query = query.with_for_update(of=Incident)
    row = (await session.execute(query)).one_or_none()
    return None if row is None else Found(row[0], row[1], bool(row[2]), bool(row[3]), bool(row[4]))


def _numbered() -> ColumnElement[bool]:
    return and_(IncidentNumber.school_id == Incident.school_id, IncidentNumber.incident_id == Incident.id)


async def revisions(session: AsyncSession, incident: Incident) -> Sequence[IncidentRevision]:
    found = await session.scalars(
        select(IncidentRevision)
        .where(IncidentRevision.school_id == incident.school_id, IncidentRevision.incident_id == incident.id)
        .order_by(IncidentRevision.revision)
    )
    return found.all()


@dataclass(frozen=True, slots=True)
class Child:
    revision: int
    link: IncidentPupil
    pupil: Pupil


async def children(session: AsyncSession, school_id: UUID, incident_ids: Sequence[UUID]) -> Sequence[Child]:
    found = await session.execute(
        select(IncidentPupil, Pupil)
        .join(Pupil, and_(Pupil.school_id == IncidentPupil.school_id, Pupil.id == IncidentPupil.pupil_id))
        .where(IncidentPupil.school_id == school_id, IncidentPupil.incident_id.in_(incident_ids))
        .order_by(IncidentPupil.incident_id, IncidentPupil.revision, IncidentPupil.position)
    )
    return [Child(link.revision, link, pupil) for link, pupil in found]


@dataclass(frozen=True, slots=True)
class Line:
    """An incident in one line, for a list."""

    incident: Incident
    number: int
    narrative: str
    occurred_at: datetime | None


async def lines(session: AsyncSession, which: ColumnElement[bool], *, limit: int, **after: Any) -> Sequence[Line]:
    """Incidents in the words that count now, the newest first. `which` is a predicate of `reach`."""
    return await _lines(session, which, on_revision=Incident.revision, limit=limit, **after)


async def own_lines(
    session: AsyncSession, who: Who, *, limit: int, after: tuple[datetime, UUID] | None
) -> Sequence[Line]:
    """What somebody wrote, in their own first words: a correction by others is not theirs to see (R28)."""
    return await _lines(session, own(who.staff), on_revision=1, limit=limit, after=after)


async def _lines(
    session: AsyncSession,
    which: ColumnElement[bool],
    *,
    on_revision: Any,
    limit: int,
    after: tuple[datetime, UUID] | None = None,
) -> Sequence[Line]:
    query = (
        select(Incident, IncidentNumber.number, IncidentRevision.narrative, IncidentRevision.occurred_at)
        .join(IncidentNumber, _numbered())
        .join(
            IncidentRevision,
            and_(
                IncidentRevision.school_id == Incident.school_id,
                IncidentRevision.incident_id == Incident.id,
                IncidentRevision.revision == on_revision,
            ),
        )
        .where(which)
        .order_by(Incident.logged_at.desc(), Incident.id.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(tuple_(Incident.logged_at, Incident.id) < after)
    return [Line(*row) for row in await session.execute(query)]


async def category_names(session: AsyncSession, school_id: UUID) -> dict[UUID, Category]:
    found = await session.scalars(select(Category).where(Category.school_id == school_id))
    return {category.id: category for category in found}
