"""Finding a child (R92): a look at the roll, which is recorded as one."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.queries.finding import FoundPupil, Sought, pupils_like
from services.incident.queries.reach import Who
from shared import audit


async def find_pupils(session: AsyncSession, *, who: Who, sought: Sought) -> tuple[Sequence[FoundPupil], bool]:
    """Those within reach who fit, the surest first, and whether there are more. What was typed is not recorded."""
    found, more = await pupils_like(session, who, sought)
    await audit.record(
        session,
        action="pupil:found",
        school_id=who.staff.school_id,
        staff=who.staff,
        about_kind="pupils",
        about_id=None,
        pupil_ids=[one.pupil.id for one in found],
        details={
            "found": len(found),
            "by_name": sought.name is not None,
            "by_upn": sought.upn is not None,
            "by_class": sought.class_code is not None,
        },
    )
    return found, more
