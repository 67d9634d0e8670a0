"""Who must know of an incident, and why. Pure: what the incident is, the school's rules and who works there in.

The head and the lead DSL are told of everything (R69). Rules, ticked groups and ticked people add others (R67 to R72).
Who is kept from a child or an incident, or has left, is passed over, and the next in line is told (C12). For
whoever is away their deputy is told; a head or a lead DSL who is away is told as well.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from shared.contracts.incident import IncidentFacts, LinkedPupil
from shared.contracts.words import DSL_TEAM, Part, Role, Sensitivity, Why


@dataclass(frozen=True, slots=True)
class Colleague:
    staff_id: UUID
    roles: frozenset[Role] = frozenset()
    class_ids: frozenset[UUID] = frozenset()
    disabled: bool = False
    away: bool = False
    deputy_id: UUID | None = None
    """Who stands in for them while they are away."""


@dataclass(frozen=True, slots=True)
class Shield:
    """This person is kept from a pupil or from an incident."""

    staff_id: UUID
    about_id: UUID


@dataclass(frozen=True, slots=True)
class Rule:
    """Which incidents, and who is told of them. An empty condition holds for every incident; all of them must hold."""

    rule_id: UUID
    name: str = ""
    category_ids: frozenset[UUID] = frozenset()
    """A category stands for its sub-categories too."""
    at_least: Sensitivity | None = None
    up_to: Sensitivity | None = None
    year_groups: frozenset[str] = frozenset()
    parts: frozenset[Part] = frozenset()
    """What part the child had: harmed, alleged to have harmed."""
    roles: frozenset[Role] = frozenset()
    group_ids: frozenset[UUID] = frozenset()
    staff_ids: frozenset[UUID] = frozenset()
    class_teachers: bool = False


@dataclass(frozen=True, slots=True)
class School:
    """What is known here of a school's people, and of those of the trust who stand above it."""

    staff: Sequence[Colleague]
    groups: Mapping[UUID, frozenset[UUID]] = field(default_factory=dict)
    shields: Sequence[Shield] = ()
    trust_leads: Sequence[Colleague] = ()


@dataclass(frozen=True, slots=True)
class Told:
    staff_id: UUID
    why: tuple[Why, ...]
    rule_ids: tuple[UUID, ...] = ()
    instead_of: tuple[UUID, ...] = ()
    """Who is away, and for whom they are told."""


IN_LINE = frozenset({Why.HEAD, Why.LEAD_DSL, Why.STAND_IN})
ANSWERS = frozenset({Role.HEAD, Role.LEAD_DSL})


def recipients(facts: IncidentFacts, rules: Iterable[Rule], school: School) -> tuple[Told, ...]:
    """Everybody who must know, each once, in the order of their ids."""
    may_be_told = _may_be_told(facts, school)
    reasons = _Reasons(school, may_be_told)
    for colleague in school.staff:
        if Role.HEAD in colleague.roles:
            reasons.add(colleague.staff_id, Why.HEAD)
        if Role.LEAD_DSL in colleague.roles:
            reasons.add(colleague.staff_id, Why.LEAD_DSL)
    for rule in rules:
        for staff_id, why in _named_by(rule, facts, school):
            reasons.add(staff_id, why, rule.rule_id)
    _add_chosen(reasons, facts, school)
    _fill_the_line(reasons, school, may_be_told)
    reasons.replace_the_away()
    return reasons.told()


def chosen(facts: IncidentFacts, school: School) -> tuple[Told, ...]:
    """Of the people and groups that were ticked those who may be told, whoever is away replaced, and nobody else."""
    reasons = _Reasons(school, _may_be_told(facts, school))
    _add_chosen(reasons, facts, school)
    reasons.replace_the_away()
    return reasons.told()


def there_for(staff_ids: Iterable[UUID], facts: IncidentFacts, school: School) -> tuple[UUID, ...]:
    """Of these people those who may be told, and for whoever is away their deputy if there is one."""
    may_be_told = _may_be_told(facts, school)
    reasons = _Reasons(school, may_be_told)
    found = [reasons.somebody_there_for(staff_id) or staff_id for staff_id in staff_ids if staff_id in may_be_told]
    return tuple(sorted(set(found)))


def _add_chosen(reasons: "_Reasons", facts: IncidentFacts, school: School) -> None:
    for staff_id in facts.extra_staff_ids:
        reasons.add(staff_id, Why.CHOSEN_PERSON)
    for group_id in facts.extra_group_ids:
        for staff_id in school.groups.get(group_id, frozenset()):
            reasons.add(staff_id, Why.CHOSEN_GROUP)


def nobody_in_line(told: Sequence[Told], school: School) -> bool:
    """Whether nobody who answers for the school's safeguarding is told, because nobody is known here at all."""
    if any(IN_LINE.intersection(person.why) for person in told):
        return False
    return not told or not any(DSL_TEAM & colleague.roles for colleague in school.staff if not colleague.disabled)


def matches(rule: Rule, facts: IncidentFacts) -> bool:
    if rule.at_least is not None and facts.sensitivity < rule.at_least:
        return False
    # A sensitivity this version does not know is above all others.
    if rule.up_to is not None and facts.sensitivity > rule.up_to:
        return False
    if rule.category_ids and not rule.category_ids.intersection((*facts.category_ids, *facts.parent_category_ids)):
        return False
    return not (rule.year_groups or rule.parts) or any(True for _ in _pupils_meant(rule, facts))


def _pupils_meant(rule: Rule, facts: IncidentFacts) -> Iterator[LinkedPupil]:
    """The linked pupils a rule is about: by what the child's own part was filed under, not by the other child's."""
    for pupil in facts.pupils:
        own = (*pupil.category_ids, *pupil.parent_category_ids)
        filed_under = own or (*facts.category_ids, *facts.parent_category_ids)
        if rule.category_ids and not rule.category_ids.intersection(filed_under):
            continue
        if rule.parts and pupil.part not in rule.parts:
            continue
        if rule.year_groups and pupil.year_group not in rule.year_groups:
            continue
        yield pupil


def _named_by(rule: Rule, facts: IncidentFacts, school: School) -> Iterator[tuple[UUID, Why]]:
    if not matches(rule, facts):
        return
    for staff_id in rule.staff_ids:
        yield staff_id, Why.RULE
    for group_id in rule.group_ids:
        for staff_id in school.groups.get(group_id, frozenset()):
            yield staff_id, Why.RULE
    classes = (
        {pupil.class_id for pupil in _pupils_meant(rule, facts) if pupil.class_id} if rule.class_teachers else set()
    )
    for colleague in school.staff:
        if rule.roles & colleague.roles:
            yield colleague.staff_id, Why.RULE
        # A teaching assistant is in the class as well, and is not its teacher.
        if Role.TEACHER in colleague.roles and classes & colleague.class_ids:
            yield colleague.staff_id, Why.CLASS_TEACHER


def _may_be_told(facts: IncidentFacts, school: School) -> frozenset[UUID]:
    about = {facts.incident_id, *(pupil.pupil_id for pupil in facts.pupils)}
    shielded = {shield.staff_id for shield in school.shields if shield.about_id in about}
    here = {person.staff_id for person in school.staff if person.roles and not person.disabled}
    above = {person.staff_id for person in school.trust_leads if not person.disabled}
    # Who wrote it knows it; the head and the lead DSL have it in their list all the same, for it is theirs to act on.
    answers = {p.staff_id for p in school.staff if p.roles & ANSWERS}
    own = {facts.author_id} - answers
    return frozenset((here | above) - shielded - own)


def _fill_the_line(reasons: "_Reasons", school: School, may_be_told: frozenset[UUID]) -> None:
    """Lead DSL, then a deputy, then the head, then the trust's safeguarding lead: whoever is missing has a stand-in."""
    above = [person.staff_id for person in school.trust_leads]
    if not any(reasons.somebody_there_for(staff_id) for staff_id in reasons.because(Why.LEAD_DSL)):
        deputies = [p.staff_id for p in school.staff if Role.DEPUTY_DSL in p.roles and p.staff_id in may_be_told]
        heads = reasons.because(Why.HEAD)
        # One deputy, and one who is told already if there is one: nobody more than needs to know.
        deputies.sort(key=lambda i: (not reasons.somebody_there_for(i), not reasons.knows(i), i))
        for staff_id in deputies[:1] or heads or above:
            reasons.add(staff_id, Why.STAND_IN)
    if not reasons.has(Why.HEAD):
        for staff_id in above:
            reasons.add(staff_id, Why.STAND_IN)


class _Reasons:
    """Who is told, as it is found out. What is said of somebody who may not be told is not heard."""

    def __init__(self, school: School, may_be_told: frozenset[UUID]) -> None:
        self._may_be_told = may_be_told
        self._staff = {colleague.staff_id: colleague for colleague in school.staff}
        self._instead_of: dict[UUID, set[UUID]] = defaultdict(set)
        self._why: dict[UUID, set[Why]] = defaultdict(set)
        self._rules: dict[UUID, set[UUID]] = defaultdict(set)

    def add(self, staff_id: UUID, why: Why, rule_id: UUID | None = None) -> None:
        if staff_id not in self._may_be_told:
            return
        self._why[staff_id].add(why)
        if rule_id is not None:
            self._rules[staff_id].add(rule_id)

    def somebody_there_for(self, staff_id: UUID) -> UUID | None:
        """The person, or while they are away whoever stands in for them; nobody when all of those are away too."""
        seen: set[UUID] = set()
        while staff_id in self._may_be_told and staff_id not in seen:
            person = self._staff.get(staff_id)
            if person is None or not person.away:
                return staff_id
            seen.add(staff_id)
            if person.deputy_id is None:
                return None
            staff_id = person.deputy_id
        return None

    def replace_the_away(self) -> None:
        """Nobody is dropped in silence: without a deputy who is there, the one who is away stays told."""
        for staff_id in self._why:
            there = self.somebody_there_for(staff_id)
            if there is not None and there != staff_id:
                self._instead_of[there].add(staff_id)
        replaced = {away for people in self._instead_of.values() for away in people}
        for deputy, people in self._instead_of.items():
            self._why[deputy].add(Why.DEPUTY)
            self._rules[deputy].update(*(self._rules[away] for away in people))
        for staff_id in replaced:
            if not (self._staff[staff_id].roles & ANSWERS or self._why[staff_id] & IN_LINE):
                del self._why[staff_id]

    def knows(self, staff_id: UUID) -> bool:
        return staff_id in self._why

    def has(self, why: Why) -> bool:
        return any(why in said for said in self._why.values())

    def because(self, why: Why) -> list[UUID]:
        return [staff_id for staff_id, said in self._why.items() if why in said]

    def told(self) -> tuple[Told, ...]:
        order = list(Why)
        return tuple(
            Told(
                staff_id,
                tuple(sorted(self._why[staff_id], key=order.index)),
                tuple(sorted(self._rules[staff_id])),
                tuple(sorted(self._instead_of[staff_id])),
            )
            for staff_id in sorted(self._why)
        )
