"""A school's own lists of agencies and places: data of the school, begun with what most schools need."""

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.models import ListEntry
from services.incident.service.circumstances import AGENCY, LOCATION
from services.incident.taxonomy import AGENCIES, LOCATIONS
from shared import audit
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
