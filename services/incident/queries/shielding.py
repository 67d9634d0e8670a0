"""From whom and from what somebody can be shielded (C12), as far as whoever decides it may be told."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.models import Incident, IncidentNumber, Pupil
from services.incident.queries.pupils import MOST_FOUND, named_like
from services.incident.queries.reach import in_school, not_shielded
from shared.contracts.words import DSL_TEAM, TrustRole
from shared.identity import Staff


def nameable(staff: Staff) -> ColumnElement[bool]:
    """Children whose name this person may be told: none they are shielded from, and who left only to a few."""
    there = and_(Pupil.school_id == staff.school_id, Pupil.id.not_in(staff.shields))
    if DSL_TEAM & staff.roles or TrustRole.DATA_PROTECTION_OFFICER in staff.trust_roles:
        return there
    return and_(there, Pupil.left_on.is_(None))


async def children_named(session: AsyncSession, staff: Staff, starts: str) -> Sequence[Pupil]:
    found = await session.scalars(
        select(Pupil)
        .where(nameable(staff), named_like(starts))
        .order_by(Pupil.surname, Pupil.forename, Pupil.class_code, Pupil.id)
        .limit(MOST_FOUND)
    )
    return found.all()


async def names(session: AsyncSession, staff: Staff, pupil_ids: Sequence[UUID]) -> Mapping[UUID, str]:
    found = await session.scalars(select(Pupil).where(nameable(staff), Pupil.id.in_(pupil_ids)))
    return {pupil.id: pupil.name for pupil in found}


async def concern_numbered(session: AsyncSession, staff: Staff, number: int) -> UUID | None:
    found: UUID | None = await session.scalar(_numbered(staff).where(IncidentNumber.number == number))
    return found


async def numbers(session: AsyncSession, staff: Staff, incident_ids: Sequence[UUID]) -> Mapping[UUID, int]:
    rows = await session.execute(_numbered(staff).where(Incident.id.in_(incident_ids)))
    return {row.id: row.number for row in rows}


def _numbered(staff: Staff) -> Select[UUID, int]:
    return (
        select(Incident.id, IncidentNumber.number)
        .join(
            IncidentNumber,
            and_(IncidentNumber.school_id == Incident.school_id, IncidentNumber.incident_id == Incident.id),
        )
        .where(in_school(staff), not_shielded(staff))
    )
