"""Who answers for a school's safeguarding settings: the head and the lead DSL, by the copy."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, Text, cast, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.alerting.models import StaffCopy
from shared.contracts.words import Role

LEADS: Final = [Role.HEAD.value, Role.LEAD_DSL.value]


async def leads_of(session: AsyncSession, school_id: UUID, *others: UUID) -> Sequence[UUID]:
    """The head and the lead DSL, and of `others` those who still work there."""
    found = await session.scalars(
        select(StaffCopy.staff_id)
        .where(
            StaffCopy.school_id == school_id,
            ~StaffCopy.disabled,
            or_(StaffCopy.roles.bool_op("&&")(cast(LEADS, ARRAY(Text))), StaffCopy.staff_id.in_(others)),
        )
        .order_by(StaffCopy.staff_id)
    )
    return found.all()
