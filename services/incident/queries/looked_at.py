"""Who has looked at a child, from the audit of this service."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import any_, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from shared.audit import audit


async def looks(
    session: AsyncSession, school_id: UUID, pupil_id: UUID, *, limit: int, after: tuple[datetime, UUID] | None
) -> Sequence[Any]:
    """What was done that touched this child, reading or writing, the newest first."""
    query = (
        select(audit)
        .where(audit.c.school_id == school_id, literal(pupil_id) == any_(audit.c.pupil_ids))
        .order_by(audit.c.at.desc(), audit.c.id.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(tuple_(audit.c.at, audit.c.id) < after)
    return (await session.execute(query)).all()
