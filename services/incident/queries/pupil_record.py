"""A child's record, for those within whose reach the child is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.domain import FLAGS, flag_action
from services.incident.models import Attendance, Pupil, PupilContact, PupilFlag, PupilIdentifier, PupilName
from services.incident.queries.reach import reachable_pupil
from shared.identity import Staff
from shared.policy import Decision, decide

Row = TypeVar("Row", PupilName, PupilIdentifier, PupilContact, PupilFlag)


@dataclass(frozen=True, slots=True)
class PupilRecord:
    pupil: Pupil
    names: Sequence[PupilName]
    identifiers: Sequence[PupilIdentifier]
    contacts: Sequence[PupilContact]
    attendance: Attendance | None
    flags: Sequence[PupilFlag]


async def within_reach(session: AsyncSession, staff: Staff, pupil_id: UUID, *, lock: bool = False) -> Pupil | None:
    """The child; None for one who is absent, another school's, shielded from this person or out of their reach."""
    query = select(Pupil).where(Pupil.school_id == staff.school_id, Pupil.id == pupil_id, reachable_pupil(staff))
    found: Pupil | None = await session.scalar(query.with_for_update() if lock else query)
    return found


async def record_of_pupil(session: AsyncSession, staff: Staff, pupil: Pupil) -> PupilRecord:
    current = await session.scalar(
        select(Attendance)
        .where(Attendance.school_id == pupil.school_id, Attendance.pupil_id == pupil.id)
        .order_by(Attendance.as_of.desc())
        .limit(1)
    )
    # Names of before would undo what "kept apart" is for.
    names = [] if pupil.names_apart else await _of(session, PupilName, pupil, PupilName.id)
    return PupilRecord(
        pupil=pupil,
        names=names,
        identifiers=await _of(session, PupilIdentifier, pupil, PupilIdentifier.since, PupilIdentifier.kind),
        contacts=await contacts_of(session, pupil),
        attendance=current,
        flags=await flags_of(session, staff, pupil),
    )


async def contacts_of(session: AsyncSession, pupil: Pupil) -> Sequence[PupilContact]:
    order = (PupilContact.priority, PupilContact.id)
    return await _of(session, PupilContact, pupil, *order, being=PupilContact.until.is_(None))


async def flags_of(session: AsyncSession, staff: Staff, pupil: Pupil) -> Sequence[PupilFlag]:
    """Those this person may see, ended ones too; of the others there is no trace."""
    return await _of(session, PupilFlag, pupil, PupilFlag.since, PupilFlag.id, being=seen_flags(staff))


def seen_flags(staff: Staff) -> ColumnElement[bool]:
    return PupilFlag.kind.in_([kind for kind in FLAGS if _may(staff, flag_action(kind))])


async def names_of(session: AsyncSession, pupil: Pupil) -> Sequence[PupilName]:
    return await _of(session, PupilName, pupil, PupilName.id)


async def _of(
    session: AsyncSession, table: type[Row], pupil: Pupil, *order: object, being: ColumnElement[bool] | None = None
) -> Sequence[Row]:
    query = select(table).where(table.school_id == pupil.school_id, table.pupil_id == pupil.id)
    found = await session.scalars((query if being is None else query.where(being)).order_by(*order))  # type: ignore[arg-type]
    return found.all()


def _may(staff: Staff, action: str) -> bool:
    decision = decide(action, roles=staff.roles, trust_roles=staff.trust_roles, assurance=staff.assurance)
    return decision is Decision.ALLOWED
