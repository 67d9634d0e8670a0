"""A school's own lists of agencies and places."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.models import ListEntry


async def entries(session: AsyncSession, school_id: UUID, which: str) -> Sequence[ListEntry]:
    """One list in its order, without the retired."""
    found = await session.scalars(
        select(ListEntry)
        .where(ListEntry.school_id == school_id, ListEntry.list == which, ListEntry.retired_at.is_(None))
        .order_by(ListEntry.position, ListEntry.name, ListEntry.id)
    )
    return found.all()


async def listed(
    session: AsyncSession, school_id: UUID, which: str, ids: Collection[UUID], *, kept: Collection[UUID] = ()
) -> frozenset[UUID]:
    """Of these ids those on the list; `kept` may be retired, for a correction keeps what was there."""
    if not ids:
        return frozenset()
    found = await session.scalars(
        select(ListEntry.id).where(
            ListEntry.school_id == school_id,
            ListEntry.list == which,
            ListEntry.id.in_(ids),
            or_(ListEntry.retired_at.is_(None), ListEntry.id.in_(kept)),
        )
    )
    return frozenset(found)


async def by_id(session: AsyncSession, school_id: UUID, ids: Collection[UUID]) -> Mapping[UUID, ListEntry]:
    """These entries, and those into which they were merged."""
    if not ids:
        return {}
    merged = select(ListEntry.merged_into).where(ListEntry.school_id == school_id, ListEntry.id.in_(ids))
    found = await session.scalars(
        select(ListEntry).where(ListEntry.school_id == school_id, or_(ListEntry.id.in_(ids), ListEntry.id.in_(merged)))
    )
    return {entry.id: entry for entry in found}
