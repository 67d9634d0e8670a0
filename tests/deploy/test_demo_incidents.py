"""The invented incidents read like the policy asks: first person, full names, facts, every category."""

import re
from datetime import UTC, datetime

import pytest

from deploy.demo.incidents import PER_SCHOOL, Incident, incidents_of
from deploy.demo.people import everybody, find, staff_of
from deploy.demo.pupils import the_roll
from deploy.demo.schools import SCHOOLS
from deploy.demo.words import CONCERNS
from shared.contracts.words import Part, Role, TrustRole

NOW = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def planned() -> list[Incident]:
    roll = the_roll(NOW.date())
    return [i for school in SCHOOLS for i in incidents_of(school, roll[school.key], NOW)]


def test_each_school_has_fifty_or_more_in_four_weeks(planned: list[Incident]) -> None:
    for school in SCHOOLS:
        mine = [i for i in planned if i.school == school.key]
        assert 50 <= len(mine) <= PER_SCHOOL[school.key] + 5
        assert max(i.logged_at for i in mine) <= NOW
        assert (NOW - min(i.logged_at for i in mine)).days <= 29


def test_the_same_now_gives_the_same_incidents(planned: list[Incident]) -> None:
    roll = the_roll(NOW.date())
    assert planned == [i for school in SCHOOLS for i in incidents_of(school, roll[school.key], NOW)]


def test_no_slot_is_left_open_and_r52_the_child_is_named_in_full(planned: list[Incident]) -> None:
    for i in planned:
        assert not re.search(r"[{}]", i.text + i.done + i.closed + "".join(a.text for a in i.actions))
        assert i.pupils[0].pupil.full_name in i.text


def test_r48_nothing_the_policy_calls_opinion() -> None:
    opinion = re.compile(
        r"!!|aggressive|as per usual|surprisingly|really angry|stormed|\b(always|constantly|inappropriate)\b"
    )
    for c in CONCERNS:
        outside_quotes = re.sub(r"“[^”]*”", "", c.text + c.done)
        assert not opinion.search(outside_quotes)


def test_several_children_have_parts_of_their_own(planned: list[Incident]) -> None:
    parts = {linked.part for i in planned for linked in i.pupils}
    assert {Part.SUBJECT, Part.HARMED, Part.ALLEGED, Part.WITNESS, Part.SIBLING, Part.MENTIONED} <= parts
    assert all(len({linked.pupil.upn for linked in i.pupils}) == len(i.pupils) for i in planned)


def test_what_happened_comes_before_it_is_written_down(planned: list[Incident]) -> None:
    assert all(i.happened_at < i.logged_at for i in planned)


def test_someone_holds_every_role_in_every_school() -> None:
    for school in SCHOOLS:
        held = {role for p in staff_of(school) for role in p.roles}
        assert held == set(Role) - {Role.UNKNOWN}
    assert {r for p in everybody() for r in p.trust_roles} == set(TrustRole) - {TrustRole.UNKNOWN}


def test_addresses_are_distinct_and_can_be_typed() -> None:
    emails = [p.email for p in everybody()]
    assert len(emails) == len(set(emails))
    assert all(re.fullmatch(r"[a-z0-9.]+@[a-z]+\.example", email) for email in emails)
    assert find(" Ada.Okafor@oakfield.example") is not None
