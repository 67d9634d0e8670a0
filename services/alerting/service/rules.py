"""The school's rules: replaced as a whole, tried without anybody being told."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from services.alerting.models import AlertRule, RuleSet
from services.alerting.queries.leads import leads_of
from services.alerting.queries.rules import as_rule, rules_of
from services.alerting.queries.school import known_of
from services.alerting.recipients import Rule, Told, recipients
from shared import audit
from shared.contracts.incident import IncidentFacts
from shared.errors import Conflict
from shared.identity import Staff
from shared.ids import new_id
from shared.mail import MailKind, queue_mails


async def replace_rules(
    session: AsyncSession, *, acting_staff: Staff, rules: Sequence[Rule], version: int | None = None
) -> int:
    """Returns the new version. A rule that is given as it stands stays; the others of before are retired and kept.

    A rule is never changed, so that "why was I told" has an answer. They count from the next incident. Raises Conflict
    when `version` is not the one in force.
    """
    school_id, now = acting_staff.school_id, datetime.now(UTC)
    in_force = await _locked(session, school_id, now)
    if version is not None and version != in_force:
        raise Conflict(
            "Somebody changed the rules after you opened them. Read them again, then save.", extra={"version": in_force}
        )
    _, before = await rules_of(session, school_id)
    standing = {(rule.position, as_rule(rule)): rule.id for rule in before}
    kept = {standing[place] for place in enumerate(rules) if place in standing}
    await session.execute(
        update(AlertRule)
        .where(AlertRule.school_id == school_id, AlertRule.retired_at.is_(None), AlertRule.id.not_in(kept))
        .values(retired_at=now)
        .execution_options(synchronize_session=False)
    )
    rows = [_row(school_id, place, rule, now) for place, rule in enumerate(rules) if (place, rule) not in standing]
    if rows:
        await session.execute(insert(AlertRule), rows)
    await session.execute(
        update(RuleSet)
        .where(RuleSet.school_id == school_id)
        .values(version=in_force + 1, changed_at=now)
        .execution_options(synchronize_session=False)
    )
    await audit.record(
        session,
        action="rules:replaced",
        school_id=school_id,
        staff=acting_staff,
        about_kind="rules",
        about_id=school_id,
        details={"version": in_force + 1, "rules": len(rules), "new": len(rows)},
    )
    if rows or len(kept) < len(before):
        await tell_leads(session, acting_staff.school_id, MailKind.RULES_CHANGED, by_id=acting_staff.staff_id)
    return in_force + 1


async def tell_leads(session: AsyncSession, school_id: UUID, kind: MailKind, *, by_id: UUID) -> None:
    """The head and the lead DSL hear of every change that they did not make themselves (access.md)."""
    told = [(staff_id, "/") for staff_id in await leads_of(session, school_id) if staff_id != by_id]
    await queue_mails(session, kind=kind, school_id=school_id, to=told)


async def _locked(session: AsyncSession, school_id: UUID, now: datetime) -> int:
    first = upsert(RuleSet).values(school_id=school_id, version=0, changed_at=now).on_conflict_do_nothing()
    await session.execute(first)
    found = await session.scalar(select(RuleSet.version).where(RuleSet.school_id == school_id).with_for_update())
    assert found is not None
    return found


def _row(school_id: UUID, position: int, rule: Rule, now: datetime) -> dict[str, Any]:
    return {
        "school_id": school_id,
        "id": new_id(),
        "position": position,
        "name": rule.name,
        "category_ids": sorted(rule.category_ids),
        "at_least": None if rule.at_least is None else int(rule.at_least),
        "up_to": None if rule.up_to is None else int(rule.up_to),
        "year_groups": sorted(rule.year_groups),
        "parts": sorted(rule.parts),
        "roles": sorted(rule.roles),
        "group_ids": sorted(rule.group_ids),
        "staff_ids": sorted(rule.staff_ids),
        "class_teachers": rule.class_teachers,
        "made_at": now,
    }


@dataclass(frozen=True, slots=True)
class WouldBeTold:
    told: Told
    rules: tuple[str, ...]


async def foresee(session: AsyncSession, *, acting_staff: Staff, facts: IncidentFacts) -> Sequence[Told]:
    """Who will be told of what somebody is writing, so that they see it while they do. Nothing is written.

    As it will be: who is shielded from a child is absent, as from the alerts that follow, and so is who has left.
    """
    known = await known_of(session, acting_staff.school_id)
    return recipients(facts, known.rules, known.school)


async def try_rules(session: AsyncSession, *, acting_staff: Staff, facts: IncidentFacts) -> Sequence[WouldBeTold]:
    """Who would be told of an invented incident, and by which rules. Nobody is, and nothing is written.

    Shields are left aside: who is kept from which child is not for a trial to find out.
    """
    known = await known_of(session, acting_staff.school_id)
    names = {rule.rule_id: rule.name for rule in known.rules}
    found = recipients(facts, known.rules, replace(known.school, shields=()))
    return [WouldBeTold(told, tuple(names[rule_id] for rule_id in told.rule_ids)) for told in found]
