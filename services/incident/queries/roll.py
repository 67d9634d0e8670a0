"""The whole roll of a school with all that a file may change of it, in a fixed number of questions."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.models import Attendance, Pupil, PupilContact, PupilFlag, PupilIdentifier, PupilName

PERMANENT: Final = "upn"
TEMPORARY: Final = "temporary_upn"
FORMER: Final = "former_upn"
LOCAL: Final = "local_id"
UPNS: Final = (PERMANENT, TEMPORARY, FORMER)
Row = TypeVar("Row", PupilIdentifier, PupilName, PupilContact, PupilFlag, Attendance)


@dataclass(slots=True)
class Known:
    """A child as the school knows them."""

    pupil: Pupil
    identifiers: list[PupilIdentifier] = field(default_factory=list)
    names: list[PupilName] = field(default_factory=list)
    contacts: list[PupilContact] = field(default_factory=list)
    attendance: Attendance | None = None
    flags: dict[str, PupilFlag] = field(default_factory=dict)

    @property
    def upn(self) -> PupilIdentifier | None:
        """The one that holds now: the newest that has not ended."""
        held = [one for one in self.identifiers if one.kind in {PERMANENT, TEMPORARY} and one.until is None]
        return held[-1] if held else None

    @property
    def local_id(self) -> PupilIdentifier | None:
        held = [one for one in self.identifiers if one.kind == LOCAL and one.until is None]
        return held[-1] if held else None


async def whole_roll_known(session: AsyncSession, school_id: UUID) -> list[Known]:
    """Everybody who is or was on the roll."""
    pupils = await session.scalars(select(Pupil).where(Pupil.school_id == school_id).order_by(Pupil.id))
    known = {pupil.id: Known(pupil) for pupil in pupils}
    identifiers = await _all(session, PupilIdentifier, school_id, PupilIdentifier.since, PupilIdentifier.kind)
    for pupil_id, found in _by_pupil(identifiers).items():
        known[pupil_id].identifiers = found
    for pupil_id, names in _by_pupil(await _all(session, PupilName, school_id, PupilName.id)).items():
        known[pupil_id].names = names
    for contact in await _all(session, PupilContact, school_id, PupilContact.priority, PupilContact.id):
        if contact.until is None:
            known[contact.pupil_id].contacts.append(contact)
    for flag in await _all(session, PupilFlag, school_id, PupilFlag.id):
        if flag.until is None:
            known[flag.pupil_id].flags[flag.kind] = flag
    for figures in await _all(session, Attendance, school_id, Attendance.as_of):
        known[figures.pupil_id].attendance = figures
    return list(known.values())


async def _all(session: AsyncSession, table: type[Row], school_id: UUID, *order: object) -> Sequence[Row]:
    found = await session.scalars(select(table).where(table.school_id == school_id).order_by(*order))  # type: ignore[arg-type]
    return found.all()


def _by_pupil(rows: Iterable[Row]) -> dict[UUID, list[Row]]:
    made: dict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        made[row.pupil_id].append(row)
    return made
