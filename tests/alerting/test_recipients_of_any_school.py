"""Who must know: what holds for any school and any incident."""

from hypothesis import given, settings
from hypothesis import strategies as st

from services.alerting.recipients import (
    Colleague,
    School,
    Shield,
    recipients,
)
from shared.contracts.incident import IncidentLogged
from shared.contracts.words import Role, Sensitivity, Why
from tests.alerting.staff_room import (
    BEHAVIOUR,
    DISCLOSURE,
    EVERYONE,
    KS2,
    NKEMELU,
    ROWAN,
    RULES,
    SKY,
    WELFARE,
    incident,
    named,
)

# ------------------------------------------------------------------------------- what holds for any school and incident
NAMES = [p.staff_id for p in (*EVERYONE, NKEMELU)]
roles = st.frozensets(st.sampled_from(list(Role)), max_size=3)
colleagues = st.builds(
    Colleague,
    staff_id=st.sampled_from(NAMES),
    roles=roles,
    class_ids=st.frozensets(st.sampled_from([named("4B"), named("6A")]), max_size=2),
    disabled=st.booleans(),
    away=st.booleans(),
    deputy_id=st.none() | st.sampled_from(NAMES),
)
people = st.lists(colleagues, max_size=8, unique_by=lambda p: p.staff_id)
schools = st.builds(
    School,
    staff=people,
    groups=st.dictionaries(st.just(KS2), st.frozensets(st.sampled_from(NAMES), max_size=4)),
    shields=st.lists(
        st.builds(Shield, st.sampled_from(NAMES), st.sampled_from([ROWAN, SKY, named("incident")])), max_size=5
    ),
    trust_leads=st.lists(st.builds(Colleague, st.just(NKEMELU.staff_id), disabled=st.booleans()), max_size=1),
)
incidents = st.builds(
    incident,
    st.sampled_from([BEHAVIOUR, WELFARE, DISCLOSURE]),
    sensitivity=st.sampled_from(list(Sensitivity)),
    author_id=st.sampled_from(NAMES),
    extra_staff_ids=st.lists(st.sampled_from(NAMES), max_size=3),
    extra_group_ids=st.lists(st.just(KS2), max_size=1),
)


@given(incidents, schools)
@settings(max_examples=150, deadline=None)
def test_r69_and_c12_hold_for_any_school(facts: IncidentLogged, here: School) -> None:
    told = recipients(facts, RULES, here)
    ids = [person.staff_id for person in told]
    kept_away = {s.staff_id for s in here.shields if s.about_id in {ROWAN, facts.incident_id}}
    assert ids == sorted(set(ids))
    assert all(person.why and Why.UNKNOWN not in person.why for person in told)
    assert not kept_away.intersection(ids)
    by_id = {p.staff_id: p for p in (*here.trust_leads, *here.staff)}
    for colleague in here.staff:
        on_staff = colleague.roles and not colleague.disabled
        if on_staff and colleague.roles & {Role.HEAD, Role.LEAD_DSL} and colleague.staff_id not in kept_away:
            assert colleague.staff_id in ids
    for staff_id in ids:
        assert staff_id in by_id
    for staff_id in set(facts.extra_staff_ids) & {p.staff_id for p in here.staff if p.roles and not p.disabled}:
        # Nobody who was ticked is dropped in silence: told, replaced, kept away, or the one who wrote it.
        replaced = any(staff_id in person.instead_of for person in told)
        assert staff_id in ids or replaced or staff_id in kept_away or staff_id == facts.author_id


@given(incidents, schools, people)
@settings(max_examples=100, deadline=None)
def test_whom_the_house_learns_of_in_which_order_changes_nothing(
    facts: IncidentLogged, here: School, more: list[Colleague]
) -> None:
    known = {p.staff_id: p for p in (*here.staff, *more)}
    one = School(tuple(known.values()), here.groups, here.shields, here.trust_leads)
    other = School(tuple(reversed(known.values())), here.groups, tuple(reversed(here.shields)), here.trust_leads)
    assert recipients(facts, RULES, one) == recipients(facts, tuple(reversed(RULES)), other)
