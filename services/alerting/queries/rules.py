"""The school's rules as they are in force, and the version by which a change is held against what was read."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.alerting.models import AlertRule, RuleSet
from services.alerting.recipients import Rule
from shared.contracts.words import Part, Role, Sensitivity


async def rules_of(session: AsyncSession, school_id: UUID) -> tuple[int, Sequence[AlertRule]]:
    """Version 0 for a school that never had any."""
    version = await session.scalar(select(RuleSet.version).where(RuleSet.school_id == school_id))
    rules = await session.scalars(
        select(AlertRule)
        .where(AlertRule.school_id == school_id, AlertRule.retired_at.is_(None))
        .order_by(AlertRule.position)
    )
    return version or 0, rules.all()


def as_rule(row: AlertRule) -> Rule:
    return Rule(
        rule_id=row.id,
        name=row.name,
        category_ids=frozenset(row.category_ids),
        at_least=Sensitivity(row.at_least) if row.at_least else None,
        up_to=Sensitivity(row.up_to) if row.up_to else None,
        year_groups=frozenset(row.year_groups),
        parts=frozenset(map(Part, row.parts)),
        roles=frozenset(map(Role, row.roles)),
        group_ids=frozenset(row.group_ids),
        staff_ids=frozenset(row.staff_ids),
        class_teachers=row.class_teachers,
    )
