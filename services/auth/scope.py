"""Which school's rows a transaction sees, for the few functions of auth that go from school to school.

`Database.begin` names one school for a whole transaction. A person may work in several, and only auth has to look at
all of them: at sign-in, when an account is disabled, and for a snapshot. Each look is fenced to one school or person.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_ENTER: Final = text(
    "SELECT current_setting('heed.school', true), current_setting('heed.staff', true),"
    " set_config('heed.school', :school, true), set_config('heed.staff', :staff, true)"
)


async def enter(session: AsyncSession, *, school_id: UUID | None, staff_id: UUID | None) -> tuple[str, str]:
    """From here on the transaction sees this school's rows, and this person's own. Returns what it saw before."""
    names = {"school": str(school_id or ""), "staff": str(staff_id or "")}
    row = (await session.execute(_ENTER, names)).one()
    return row[0] or "", row[1] or ""


@asynccontextmanager
async def seeing(
    session: AsyncSession, *, school_id: UUID | None = None, staff_id: UUID | None = None
) -> AsyncIterator[None]:
    """Within this block the rows of one school, or of one person in all schools; afterwards what was seen before."""
    school, staff = await enter(session, school_id=school_id, staff_id=staff_id)
    yield
    # Left by an exception, the transaction is lost and the setting with it.
    await session.execute(_ENTER, {"school": school, "staff": staff})
