"""Finding a child on the roll, within the reach of who looks for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.domain import Fit, name_fit, plain
from services.incident.models import Pupil, PupilIdentifier
from services.incident.queries.entries import entries
from services.incident.queries.reach import Who, reachable_pupil
from shared.ids import class_id

MOST_FOUND = 50


@dataclass(frozen=True, slots=True)
class Sought:
    """What is known of a child; everything that is given must hold."""

    name: str | None = None
    upn: str | None = None
    class_code: str | None = None


@dataclass(frozen=True, slots=True)
class FoundPupil:
    pupil: Pupil
    fit: Fit | None
    last_entry_at: datetime | None


async def pupils_like(session: AsyncSession, who: Who, sought: Sought) -> tuple[Sequence[FoundPupil], bool]:
    """The children that fit best first, and whether there are more than are given."""
    fitting = await _fitting(session, who, sought)
    page = fitting[:MOST_FOUND]
    last = await last_entries(session, who, [pupil.id for pupil, _ in page])
    return [FoundPupil(pupil, fit, last.get(pupil.id)) for pupil, fit in page], len(fitting) > MOST_FOUND


async def _fitting(session: AsyncSession, who: Who, sought: Sought) -> Sequence[tuple[Pupil, Fit | None]]:
    school_id = who.staff.school_id
    query = select(Pupil).where(Pupil.school_id == school_id, reachable_pupil(who.staff))
    if sought.upn is not None:
        query = query.where(
            exists(
                select(literal(1)).where(
                    PupilIdentifier.school_id == Pupil.school_id,
                    PupilIdentifier.pupil_id == Pupil.id,
                    PupilIdentifier.value == "".join(sought.upn.split()).upper(),
                    # A number of before leads to a name of before, which "kept apart" must not.
                    or_(PupilIdentifier.until.is_(None), Pupil.names_apart.is_(False)),
                )
            )
        )
    if sought.class_code is not None:
        query = query.where(Pupil.class_id == class_id(school_id, sought.class_code))
    ordered = query.order_by(Pupil.surname, Pupil.forename, Pupil.class_code, Pupil.id)
    found = (await session.scalars(ordered)).all()
    if sought.name is None:
        return [(pupil, None) for pupil in found]
    words = plain(sought.name).split()
    # A school's roll is small enough to be read whole: sounds and slips need no index and no table of their own.
    fits = [(pupil, fit) for pupil in found if (fit := name_fit(words, pupil.search_words.split())) is not None]
    return sorted(fits, key=lambda one: one[1])


async def last_entries(session: AsyncSession, who: Who, pupil_ids: Sequence[UUID]) -> Mapping[UUID, datetime]:
    """When the newest entry about each child was written, of those this person may see."""
    seen = entries(who, pupil_ids).subquery()
    rows = await session.execute(select(seen.c.pupil_id, func.max(seen.c.logged_at)).group_by(seen.c.pupil_id))
    return {row[0]: row[1] for row in rows}
