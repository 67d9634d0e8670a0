"""An invented school for the rules of who must know: its people, their rules, a child and an incident."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from services.alerting.recipients import (
    Colleague,
    Rule,
    School,
    Shield,
    recipients,
)
from shared.contracts.events import LENIENT
from shared.contracts.incident import IncidentLogged, LinkedPupil
from shared.contracts.words import Part, Role, Sensitivity, Why

HOUSE = UUID("01930000-0000-7000-8000-000000000000")


def named(name: str) -> UUID:
    return uuid5(HOUSE, name)


def person(name: str, *roles: Role, classes: tuple[str, ...] = (), disabled: bool = False) -> Colleague:
    return Colleague(named(name), frozenset(roles), frozenset(named(code) for code in classes), disabled)


BOYLE = person("Boyle", Role.HEAD)
OKAFOR = person("Okafor", Role.LEAD_DSL, Role.SENIOR_LEADER)
HADDAD = person("Haddad", Role.DEPUTY_DSL, Role.TEACHER, classes=("6A",))
LINDQVIST = person("Lindqvist", Role.DEPUTY_DSL)
CHAUDHRY = person("Chaudhry", Role.SENCO)
JOSEPH = person("Joseph", Role.PASTORAL)
BEVAN = person("Bevan", Role.TEACHER, classes=("4B",))
TRAN = person("Tran", Role.TEACHING_ASSISTANT, classes=("4B",))
WALSH = person("Walsh", Role.SUPPORT)
EVERYONE = (BOYLE, OKAFOR, HADDAD, LINDQVIST, CHAUDHRY, JOSEPH, BEVAN, TRAN, WALSH)
NKEMELU = person("Nkemelu")
"""The trust's safeguarding lead."""

BEHAVIOUR, ATTENDANCE, WELFARE, DISCLOSURE = map(named, ("behaviour", "attendance", "welfare", "disclosure"))
KS2 = named("KS2 Behaviour")
ROWAN, SKY = named("Rowan"), named("Sky")

DSL_TEAM_RULE = Rule(
    named("R70"),
    at_least=Sensitivity.SENSITIVE,
    roles=frozenset({Role.HEAD, Role.LEAD_DSL, Role.DEPUTY_DSL}),
)
BEHAVIOUR_RULE = Rule(
    named("R71"),
    category_ids=frozenset({BEHAVIOUR}),
    year_groups=frozenset({"3", "4", "5", "6"}),
    group_ids=frozenset({KS2}),
)
TEACHER_RULE = Rule(
    named("R72"),
    category_ids=frozenset({BEHAVIOUR, ATTENDANCE}),
    up_to=Sensitivity.ORDINARY,
    class_teachers=True,
)
RULES = (DSL_TEAM_RULE, BEHAVIOUR_RULE, TEACHER_RULE)


def school(*staff: Colleague, shields: tuple[Shield, ...] = (), trust: tuple[Colleague, ...] = (NKEMELU,)) -> School:
    groups = {KS2: frozenset({BOYLE.staff_id, JOSEPH.staff_id})}
    return School(staff or EVERYONE, groups=groups, shields=shields, trust_leads=trust)


def pupil(pupil_id: UUID = ROWAN, *category_ids: UUID, code: str | None = "4B", year: str = "4") -> LinkedPupil:
    return LinkedPupil(
        pupil_id=pupil_id,
        part=Part.SUBJECT,
        category_ids=list(category_ids),
        class_id=named(code) if code else None,
        year_group=year,
    )


def incident(*category_ids: UUID, sensitivity: Sensitivity = Sensitivity.ORDINARY, **changes: Any) -> IncidentLogged:
    values: dict[str, Any] = {
        "incident_id": named("incident"),
        "author_id": WALSH.staff_id,
        "logged_at": datetime(2026, 11, 23, 12, 40, tzinfo=UTC),
        "sensitivity": sensitivity,
        "category_ids": list(category_ids or (WELFARE,)),
        "pupils": [pupil()],
    }
    return IncidentLogged.model_validate({**values, **changes}, context=LENIENT)


def why(facts: IncidentLogged, here: School | None = None, rules: tuple[Rule, ...] = RULES) -> dict[UUID, set[Why]]:
    return {told.staff_id: set(told.why) for told in recipients(facts, rules, here or school())}


LINE = {BOYLE.staff_id: {Why.HEAD}, OKAFOR.staff_id: {Why.LEAD_DSL}}


def away(colleague: Colleague, deputy: Colleague | None = None) -> Colleague:
    return replace(colleague, away=True, deputy_id=deputy.staff_id if deputy else None)


def others(*gone: Colleague) -> tuple[Colleague, ...]:
    ids = {p.staff_id for p in gone}
    return tuple(p for p in EVERYONE if p.staff_id not in ids)


def shielded(*people: Colleague, about: UUID = ROWAN) -> tuple[Shield, ...]:
    return tuple(Shield(p.staff_id, about) for p in people)
