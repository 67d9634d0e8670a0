"""A school's categories as its settings show them, and what they were called before."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.models import Category, FormerName


async def every_category(session: AsyncSession, school_id: UUID) -> Sequence[Category]:
    """All of them, the retired too, in their order."""
    found = await session.scalars(
        select(Category)
        .where(Category.school_id == school_id)
        .order_by(Category.position, Category.name, Category.id)
        .execution_options(populate_existing=True)
    )
    return found.all()


async def former_names(session: AsyncSession, school_id: UUID) -> Mapping[UUID, Sequence[tuple[datetime, str]]]:
    """What the school's categories, agencies and places were called before, and until when."""
    rows = await session.execute(
        select(FormerName.of_id, FormerName.until, FormerName.name)
        .where(FormerName.school_id == school_id)
        .order_by(FormerName.of_id, FormerName.until)
    )
    found: dict[UUID, list[tuple[datetime, str]]] = defaultdict(list)
    for of_id, until, name in rows:
        found[of_id].append((until, name))
    return found
