"""A school's categories: data of the school, begun with those of the policy."""

from uuid import UUID

from sqlalchemy import func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.domain import category_sensitivity
from services.incident.models import Category
from services.incident.service.lists import begin_with_standard_lists
from services.incident.taxonomy import ASKS_SANCTION, MUST_FOLLOW_UP, RAISED, STANDARD
from shared import audit
from shared.identity import Staff
from shared.ids import new_id


async def begin_with_standard_categories(session: AsyncSession, *, acting_staff: Staff) -> int:
    """Give a school without categories the 13 with their 48 sub-categories (R119), and its lists. Returns how many."""
    school_id = acting_staff.school_id
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtext('categories'), hashtext(:s))"), {"s": str(school_id)}
    )
    await begin_with_standard_lists(session, acting_staff=acting_staff)
    if await session.scalar(select(func.count()).select_from(Category).where(Category.school_id == school_id)):
        return 0
    parents, children = _standard(school_id)
    await session.execute(insert(Category), parents)
    await session.execute(insert(Category), children)
    await audit.record(
        session,
        action="category:begun",
        school_id=school_id,
        staff=acting_staff,
        about_kind="school",
        about_id=school_id,
        details={"categories": len(parents) + len(children)},
    )
    return len(parents) + len(children)


def _standard(school_id: UUID) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    parents: list[dict[str, object]] = []
    children: list[dict[str, object]] = []
    for position, (name, (sensitivity, names)) in enumerate(STANDARD.items()):
        parent_id = new_id()
        row: dict[str, object] = {"school_id": school_id, "retired_at": None, "version": 1}
        row |= {"log_within_minutes": None, "asks_sanction": name in ASKS_SANCTION}
        row |= {"must_follow_up": name in MUST_FOLLOW_UP}
        parents.append(
            row
            | {"id": parent_id, "parent_id": None, "name": name, "sensitivity": int(sensitivity), "position": position}
        )
        for place, child in enumerate(names):
            own = category_sensitivity(sensitivity, RAISED.get((name, child)))
            children.append(
                row
                | {"id": new_id(), "parent_id": parent_id, "name": child, "sensitivity": int(own), "position": place}
            )
    return parents, children
