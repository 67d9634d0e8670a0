"""A school's own lists of agencies and places: data of the school, begun with what most schools need."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.models import ListEntry
from services.incident.queries.lists import entries
from services.incident.service.circumstances import AGENCY, LOCATION
from services.incident.service.taxonomy import keep_name, note
from services.incident.taxonomy import AGENCIES, LOCATIONS
from shared import audit
from shared.errors import FieldError, Invalid, NotFound
from shared.identity import Staff
from shared.ids import new_id


async def begin_with_standard_lists(session: AsyncSession, *, acting_staff: Staff) -> None:
    """Give a school without lists the usual agencies (R75) and places. The caller holds the lock of the categories."""
    school_id = acting_staff.school_id
    if await session.scalar(select(func.count()).select_from(ListEntry).where(ListEntry.school_id == school_id)):
        return
    rows = [
        {"id": new_id(), "list": which, "name": name, "position": position}
        for which, names in ((AGENCY, AGENCIES), (LOCATION, LOCATIONS))
        for position, name in enumerate(names)
    ]
    await session.execute(
        insert(ListEntry), [row | {"school_id": school_id, "retired_at": None, "version": 1} for row in rows]
    )
    await audit.record(
        session,
        action="list:begun",
        school_id=school_id,
        staff=acting_staff,
        about_kind="school",
        about_id=school_id,
        details={"entries": len(rows)},
    )


async def add_entry(session: AsyncSession, *, acting_staff: Staff, which: str, name: str) -> UUID:
    """At the end of its list. Raises Invalid for a name that is on it already."""
    there = await _hold(session, acting_staff.school_id, which)
    _once(name, there)
    made = ListEntry(
        school_id=acting_staff.school_id,
        id=new_id(),
        list=which,
        name=name,
        position=max((entry.position + 1 for entry in there), default=0),
        retired_at=None,
        version=1,
    )
    session.add(made)
    await session.flush()
    await note(session, acting_staff, f"{which}:added", made.id, {})
    return made.id


async def rename_entry(session: AsyncSession, *, acting_staff: Staff, which: str, entry_id: UUID, name: str) -> None:
    """What was logged with it shows the name it had then beside today's (R129). Raises NotFound, Invalid."""
    there = await _hold(session, acting_staff.school_id, which)
    entry = _in_use(there, entry_id)
    _once(name, [other for other in there if other is not entry])
    if name == entry.name:
        return
    await keep_name(session, entry.school_id, entry.id, entry.name)
    entry.name = name
    entry.version += 1
    await session.flush()
    await note(session, acting_staff, f"{which}:renamed", entry_id, {})


async def retire_entry(session: AsyncSession, *, acting_staff: Staff, which: str, entry_id: UUID) -> None:
    """It can be chosen no more; what was logged with it stays. Raises NotFound."""
    entry = _in_use(await _hold(session, acting_staff.school_id, which), entry_id)
    entry.retired_at = datetime.now(UTC)
    entry.version += 1
    await session.flush()
    await note(session, acting_staff, f"{which}:retired", entry_id, {})


async def merge_entry(session: AsyncSession, *, acting_staff: Staff, which: str, entry_id: UUID, into_id: UUID) -> None:
    """It is the other one from now on; what was logged with it keeps its name beside the other's.

    Raises NotFound, Invalid.
    """
    there = await _hold(session, acting_staff.school_id, which)
    entry = _in_use(there, entry_id)
    if into_id == entry_id or into_id not in {other.id for other in there}:
        raise Invalid(FieldError("into", "Choose another one of this list."))
    entry.retired_at = datetime.now(UTC)
    entry.merged_into = into_id
    entry.version += 1
    # What was merged into it goes along, so that each is one step from what it is today.
    await session.execute(
        update(ListEntry)
        .where(ListEntry.school_id == entry.school_id, ListEntry.merged_into == entry_id)
        .values(merged_into=into_id, version=ListEntry.version + 1)
    )
    await session.flush()
    await note(session, acting_staff, f"{which}:merged", entry_id, {"into": str(into_id)})


async def reorder_entries(session: AsyncSession, *, acting_staff: Staff, which: str, ids: Sequence[UUID]) -> None:
    """The order in which they are shown: all of the list, each once. Raises Invalid."""
    there = {entry.id: entry for entry in await _hold(session, acting_staff.school_id, which)}
    if sorted(ids) != sorted(there):
        raise Invalid(FieldError("ids", "Name each entry of the list once; it has changed meanwhile."))
    for position, entry_id in enumerate(ids):
        there[entry_id].position = position
    await session.flush()
    await note(session, acting_staff, f"{which}:reordered", None, {"entries": len(ids)})


async def _hold(session: AsyncSession, school_id: UUID, which: str) -> Sequence[ListEntry]:
    """The list, with nobody else changing the school's lists until the commit."""
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtext('categories'), hashtext(:s))"), {"s": str(school_id)}
    )
    return await entries(session, school_id, which)


def _in_use(there: Sequence[ListEntry], entry_id: UUID) -> ListEntry:
    for entry in there:
        if entry.id == entry_id:
            return entry
    raise NotFound()


def _once(name: str, there: Sequence[ListEntry]) -> None:
    if any(entry.name.lower() == name.lower() for entry in there):
        raise Invalid(FieldError("name", "Your school has this name here already."))
