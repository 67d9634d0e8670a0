"""The copies that alerting keeps: the newest version holds, whichever event comes last."""

import pytest

from services.alerting.handlers import HANDLERS, TOPICS
from shared.contracts.auth import GroupChanged, ShieldChanged, StaffDisabled
from shared.contracts.incident import IncidentClosed, IncidentReopened
from shared.contracts.words import Role
from shared.ids import new_id
from tests.alerting.conftest import ROWAN, School

pytestmark = pytest.mark.postgres


def test_every_event_that_is_handled_is_on_a_topic_that_is_taken() -> None:
    assert {event.TOPIC for event in HANDLERS} == set(TOPICS)


async def test_a_school_is_noted_once(school: School) -> None:
    await school.open()
    assert [row["id"] for row in await school.rows("SELECT id FROM known_school")] == [school.id]


async def test_an_older_word_on_somebody_never_overwrites_a_newer_one(school: School) -> None:
    await school.changes("Bevan", Role.LEAD_DSL, version=50)
    await school.changes("Bevan", Role.TEACHER, version=49)
    await school.joins("Bevan", version=48)
    assert (await school.told(await school.logged()))["Bevan"] == {"lead_dsl"}
    await school.changes("Bevan", Role.TEACHER, version=51)
    assert "Bevan" not in await school.told(await school.logged())


async def test_who_is_disabled_is_told_of_nothing_until_they_are_back(school: School) -> None:
    okafor = StaffDisabled(staff_id=school.people["Okafor"])
    await school.hear(okafor, version=60)
    assert await school.told(await school.logged()) == {"Boyle": {"head"}, "Haddad": {"stand_in"}}
    await school.changes("Okafor", Role.LEAD_DSL, version=59)
    assert "Okafor" not in await school.told(await school.logged())
    await school.changes("Okafor", Role.LEAD_DSL, version=61)
    assert "Okafor" in await school.told(await school.logged())


async def test_somebody_disabled_before_they_were_heard_of_stays_disabled(house: School) -> None:
    await house.joins("Boyle")
    house.people["Novak"] = new_id()
    await house.hear(StaffDisabled(staff_id=house.people["Novak"]), version=9)
    await house.joins("Novak", Role.LEAD_DSL, version=8)
    assert "Novak" not in await house.told(await house.logged())


async def test_a_group_has_the_members_of_its_newest_version(school: School) -> None:
    for version, name in ((71, "Tran"), (70, "Walsh")):
        await school.hear(GroupChanged(group_id=school.ks2, member_ids=[school.people[name]]), version=version)
    told = await school.told(await school.logged(author="Bevan", extra_group_ids=[school.ks2]))
    assert told["Tran"] == {"chosen_group"}
    assert not {"Walsh", "Joseph"} & set(told)
    await school.hear(GroupChanged(group_id=school.ks2, member_ids=[], active=False), version=72)
    assert "Tran" not in await school.told(await school.logged(author="Bevan", extra_group_ids=[school.ks2]))


async def test_a_lifted_shield_stays_lifted(school: School) -> None:
    raised = ShieldChanged(shield_id=new_id(), staff_id=school.people["Okafor"], pupil_id=ROWAN, active=True)
    await school.hear(raised, version=1)
    assert "Okafor" not in await school.told(await school.logged())
    await school.hear(raised.model_copy(update={"active": False}), version=2)
    await school.hear(raised, version=1)
    assert "Okafor" in await school.told(await school.logged())


async def test_the_trusts_own_people_are_known_in_every_school_and_nowhere_as_staff(school: School) -> None:
    lead = await school.trust_lead()
    assert await school.rows("SELECT FROM staff_copy WHERE staff_id = $1", lead) == []
    await school.changes("Boyle", Role.TEACHER)
    assert (await school.told(await school.logged()))["Nkemelu"] == {"stand_in"}
    await school.hear(StaffDisabled(staff_id=lead), trust=True)
    assert "Nkemelu" not in await school.told(await school.logged())


async def test_closed_and_reopened_in_whatever_order(school: School) -> None:
    incident = await school.logged()
    about = {"incident_id": incident.incident_id, "by_id": new_id()}
    await school.hear(IncidentReopened(**about), version=3)
    await school.hear(IncidentClosed(**about), version=2)
    [row] = await school.rows("SELECT closed, status_version FROM told_incident")
    assert (row["closed"], row["status_version"]) == (False, 3)
    await school.hear(IncidentClosed(**about), version=4)
    [row] = await school.rows("SELECT closed FROM told_incident")
    assert row["closed"]
    # A closed incident's alerts stay where they are: whoever was told still sees it.
    assert len(await school.open_alerts("Okafor")) == 1
