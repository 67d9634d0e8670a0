"""A school as it is known here: what `recipients` needs, in one question, because every incident asks it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.alerting.domain.escalation import LONDON, Settings
from services.alerting.queries.escalation import Kept
from services.alerting.recipients import Colleague, Rule, School, Shield
from shared.contracts.words import Part, Role, Sensitivity, TrustRole
from shared.db import ask

_SCHOOL: Final = """
SELECT
    (SELECT json_agg(json_build_array(staff_id, roles, class_ids, coalesce(away_until >= $4::date, false),
                                      deputy_id)) FROM staff_copy
        WHERE school_id = $1 AND NOT disabled) AS staff,
    (SELECT json_agg(json_build_array(group_id, member_ids)) FROM group_copy
        WHERE school_id = $1 AND active) AS groups,
    (SELECT json_agg(json_build_array(staff_id, coalesce(pupil_id, incident_id))) FROM shield_copy
        WHERE school_id = $1 AND active) AS shields,
    (SELECT json_agg(json_build_array(id, name, category_ids, at_least, up_to, year_groups, parts, roles,
                                      group_ids, staff_ids, class_teachers) ORDER BY position) FROM rule
        WHERE school_id = $1 AND retired_at IS NULL) AS rules,
    (SELECT json_agg(staff_id) FROM trust_staff
        WHERE NOT disabled AND $3::text = ANY (roles)) AS trust_leads,
    (SELECT json_agg(json_build_array(incident_id, staff_id)) FROM alert
        WHERE school_id = $1 AND incident_id = ANY ($2::uuid[])) AS told,
    (SELECT words FROM escalation_settings WHERE school_id = $1) AS settings,
    (SELECT json_agg(json_build_array(staff_id, words)) FROM mail_choice WHERE school_id = $1) AS choices,
    EXISTS (SELECT FROM webhook WHERE school_id = $1 AND off_at IS NULL) AS webhooks,
    clock_timestamp() AS now
"""

_NONE: Final = frozenset[UUID]()
ROLES: Final = {role.value: role for role in Role if role is not Role.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Known:
    """A school's people and rules, and who has an alert of the incident at hand already, withdrawn ones included."""

    school: School
    rules: Sequence[Rule]
    told: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class KnownOfSeveral:
    """The same of several incidents, with what the school said of reading times, and the time by the database."""

    school: School
    rules: Sequence[Rule]
    told: Mapping[UUID, frozenset[UUID]]
    settings: Settings
    choices: Sequence[tuple[str, dict[str, Any]]]
    """Of whoever said something of their mails, what."""
    webhooks: bool
    """Whether any system of the school's own listens."""
    now: datetime


async def known_of(session: AsyncSession, school_id: UUID, incident_id: UUID | None = None) -> Known:
    found = await known_of_several(session, school_id, [incident_id] if incident_id else [])
    return Known(found.school, found.rules, found.told.get(incident_id, _NONE) if incident_id else _NONE)


async def known_of_several(session: AsyncSession, school_id: UUID, incident_ids: Sequence[UUID]) -> KnownOfSeveral:
    today = datetime.now(LONDON).date()
    lead = TrustRole.TRUST_SAFEGUARDING_LEAD.value
    [(*found, webhooks, now)] = await ask(session, _SCHOOL, school_id, incident_ids, lead, today)
    staff, groups, shields, rules, trust_leads, told, settings, choices = (each or () for each in found)
    school = School(
        staff=[_colleague(*columns) for columns in staff],
        groups={UUID(group): _ids(members) for group, members in groups},
        shields=[Shield(UUID(kept), UUID(about)) for kept, about in shields],
        trust_leads=[Colleague(UUID(i)) for i in sorted(trust_leads)],
    )
    of: dict[UUID, set[UUID]] = {}
    for incident, person in told:
        of.setdefault(UUID(incident), set()).add(UUID(person))
    return KnownOfSeveral(
        school,
        [_rule(columns) for columns in rules],
        {incident: frozenset(people) for incident, people in of.items()},
        Kept(words=settings or {}).settings,
        choices,
        webhooks,
        now,
    )


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
