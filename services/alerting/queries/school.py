"""A school as it is known here: what `recipients` needs, in one question, because every incident asks it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import ARRAY, JSON
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Uuid

from services.alerting.domain.escalation import LONDON
from services.alerting.recipients import Colleague, Rule, School, Shield
from shared.contracts.words import Part, Role, Sensitivity, TrustRole

_SCHOOL: Final = text(
    """
SELECT
    (SELECT json_agg(json_build_array(staff_id, roles, class_ids, coalesce(away_until >= :today, false),
                                      deputy_id)) FROM staff_copy
        WHERE school_id = :school_id AND NOT disabled) AS staff,
    (SELECT json_agg(json_build_array(group_id, member_ids)) FROM group_copy
        WHERE school_id = :school_id AND active) AS groups,
    (SELECT json_agg(json_build_array(staff_id, coalesce(pupil_id, incident_id))) FROM shield_copy
        WHERE school_id = :school_id AND active) AS shields,
    (SELECT json_agg(json_build_array(id, name, category_ids, at_least, up_to, year_groups, parts, roles,
                                      group_ids, staff_ids, class_teachers) ORDER BY position) FROM rule
        WHERE school_id = :school_id AND retired_at IS NULL) AS rules,
    (SELECT json_agg(staff_id) FROM trust_staff
        WHERE NOT disabled AND :trust_lead = ANY (roles)) AS trust_leads,
    (SELECT array_agg(staff_id) FROM alert
        WHERE school_id = :school_id AND incident_id = :incident_id) AS told
"""
).columns(staff=JSON, groups=JSON, shields=JSON, rules=JSON, trust_leads=JSON, told=ARRAY(Uuid))

_NONE: Final = frozenset[UUID]()
ROLES: Final = {role.value: role for role in Role if role is not Role.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Known:
    """A school's people and rules, and who has an alert of the incident at hand already, withdrawn ones included."""

    school: School
    rules: Sequence[Rule]
    told: frozenset[UUID]


async def known_of(session: AsyncSession, school_id: UUID, incident_id: UUID | None = None) -> Known:
    row = (
        await session.execute(
            _SCHOOL,
            {
                "school_id": school_id,
                "incident_id": incident_id,
                "trust_lead": TrustRole.TRUST_SAFEGUARDING_LEAD,
                "today": datetime.now(LONDON).date(),
            },
        )
    ).one()
    school = School(
        staff=[_colleague(*columns) for columns in row.staff or ()],
        groups={UUID(group): _ids(members) for group, members in row.groups or ()},
        shields=[Shield(UUID(staff), UUID(about)) for staff, about in row.shields or ()],
        trust_leads=[Colleague(UUID(i)) for i in sorted(row.trust_leads or ())],
    )
    return Known(school, [_rule(columns) for columns in row.rules or ()], frozenset(row.told or ()))


def _colleague(
    staff_id: str, roles: Sequence[str], classes: Sequence[str], away: bool, deputy: str | None
) -> Colleague:
    return Colleague(
        UUID(staff_id),
        _roles(roles),
        _ids(classes),
        away=away,
        deputy_id=UUID(deputy) if deputy else None,
    )


def _rule(columns: Sequence[Any]) -> Rule:
    rule_id, name, categories, at_least, up_to, years, parts, roles, groups, staff, class_teachers = columns
    return Rule(
        rule_id=UUID(rule_id),
        name=name,
        category_ids=_ids(categories),
        at_least=Sensitivity(at_least) if at_least else None,
        up_to=Sensitivity(up_to) if up_to else None,
        year_groups=frozenset(years),
        parts=frozenset(map(Part, parts)),
        roles=_roles(roles),
        group_ids=_ids(groups),
        staff_ids=_ids(staff),
        class_teachers=class_teachers,
    )


def _roles(words: Sequence[str]) -> frozenset[Role]:
    return frozenset(ROLES[word] for word in words if word in ROLES)


def _ids(words: Sequence[str]) -> frozenset[UUID]:
    # Most people teach no class, and most rules name nobody.
    return frozenset(map(UUID, words)) if words else _NONE
