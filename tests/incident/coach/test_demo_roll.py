"""The coach over the demonstration's invented incidents: texts and names that nobody wrote for it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import pytest

from deploy.demo.incidents import Incident, incidents_of
from deploy.demo.pupils import Pupil, pupils_of
from deploy.demo.schools import SCHOOLS, School
from services.incident.coach import Finding, Name, Roll, Rule, review

NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)


@dataclass(frozen=True)
class Demonstration:
    roll: Roll
    ids: dict[Pupil, UUID]
    incidents: tuple[Incident, ...]


@pytest.fixture(scope="module", params=SCHOOLS, ids=lambda school: school.key)
def demonstration(request: pytest.FixtureRequest) -> Demonstration:
    school: School = request.param
    pupils = pupils_of(school, NOW.date())
    ids = {pupil: UUID(int=number) for number, pupil in enumerate(pupils, start=1)}
    roll = Roll(Name(ids[pupil], pupil.forename, pupil.surname) for pupil in pupils)
    return Demonstration(roll, ids, incidents_of(school, pupils, NOW))


def texts(incident: Incident) -> list[str]:
    return [incident.text, incident.done, *(action.text for action in incident.actions)]


def unlinked(text: str, demonstration: Demonstration, linked: list[UUID]) -> list[Finding]:
    found = review(text, roll=demonstration.roll, linked=linked)
    return [finding for finding in found if finding.rule is Rule.UNLINKED]


def test_r124_nobody_is_offered_where_everybody_is_linked(demonstration: Demonstration) -> None:
    for incident in demonstration.incidents:
        linked = [demonstration.ids[link.pupil] for link in incident.pupils]
        for text in texts(incident):
            assert unlinked(text, demonstration, linked) == [], text


def test_r124_whoever_is_named_and_not_linked_is_offered(demonstration: Demonstration) -> None:
    named = 0
    for incident in demonstration.incidents:
        for link in incident.pupils:
            missing = demonstration.ids[link.pupil]
            linked = [demonstration.ids[other.pupil] for other in incident.pupils if other.pupil is not link.pupil]
            for text in texts(incident):
                if link.pupil.forename not in text:
                    continue
                named += 1
                found = unlinked(text, demonstration, linked)
                assert any(missing in finding.pupil_ids or not finding.pupil_ids for finding in found), text
    assert named > 100


def test_r52_no_name_is_taken_for_initials_or_shouting(demonstration: Demonstration) -> None:
    for incident in demonstration.incidents:
        for text in texts(incident):
            found = review(text, roll=demonstration.roll)
            assert not [f for f in found if f.rule in {Rule.INITIALS, Rule.CAPITALS, Rule.MARKS}], text
