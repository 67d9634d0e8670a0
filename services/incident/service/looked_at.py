"""Who has looked at a child (R121): itself a look, and recorded as one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.models import Pupil
from services.incident.queries.looked_at import looks
from services.incident.queries.reach import reachable_pupil
from shared import audit
from shared.contracts.words import TrustRole
from shared.errors import NotFound
from shared.identity import Staff


async def who_looked(
    session: AsyncSession, *, staff: Staff, pupil_id: UUID, limit: int, after: tuple[datetime, UUID] | None = None
) -> Sequence[Any]:
    """Rows of the audit, one more than `limit` when there are more. Raises NotFound for a child who is not theirs."""
    known = await session.scalar(
        select(Pupil.id).where(Pupil.school_id == staff.school_id, Pupil.id == pupil_id, _theirs(staff))
    )
    if known is None:
        raise NotFound()
    found = await looks(session, staff.school_id, pupil_id, limit=limit + 1, after=after)
    await audit.record(
        session,
        action="pupil:looked_at_read",
        school_id=staff.school_id,
        staff=staff,
        about_kind="pupil",
        about_id=pupil_id,
        pupil_ids=[pupil_id],
        details={"rows": min(len(found), limit)},
    )
    return found


def _theirs(staff: Staff) -> ColumnElement[bool]:
    # The data protection officer reads no record and sees who did; a shield takes that away as well.
    if TrustRole.DATA_PROTECTION_OFFICER in staff.trust_roles:
        return Pupil.id.not_in(staff.shields)
    return reachable_pupil(staff)
