"""A digest and quiet hours: a choice of one's own, which never holds back what cannot wait."""

from collections import Counter
from typing import Any

import pytest

from services.alerting.escalator import Escalator
from shared.contracts.incident import ActionAdded
from shared.contracts.words import Assurance, Sensitivity
from shared.ids import new_id
from tests.alerting.conftest import ROWAN, School

pytestmark = pytest.mark.postgres

# Whatever time it is: a digest on some later minute, and never now.
DAILY = {"digest": {"at": "15:30:00", "days": list(range(7))}, "quiet": None}
ALL_DAY = {"digest": None, "quiet": {"begins": "00:01:00", "ends": "00:00:00"}}


async def chooses(school: School, name: str, words: dict[str, Any]) -> None:
    answer = await school.client(name).ask("PUT", "/me/mails", json=words)
    assert answer.status_code == 200, answer.text


async def mails(school: School, name: str) -> dict[str, int]:
    rows = await school.rows("SELECT kind FROM mail WHERE staff_id = $1", school.people[name])
    return dict(Counter(row["kind"] for row in rows))


async def time_comes(school: School) -> None:
    await school.rows("UPDATE held_mail SET due_at = due_at - interval '9 days'")
    for _ in range(2):
        await Escalator(school.db).round()


async def test_r79_what_can_wait_comes_as_one_mail_at_its_time_and_others_have_theirs_at_once(school: School) -> None:
    await chooses(school, "Boyle", DAILY)
    for _ in range(3):
        await school.logged()
    assert (await mails(school, "Boyle"), await mails(school, "Okafor")) == ({}, {"alert": 3})
    assert len(await school.open_alerts("Boyle")) == 3
    await Escalator(school.db).round()
    assert await mails(school, "Boyle") == {}
    await time_comes(school)
    assert await mails(school, "Boyle") == {"digest": 1}
    [mail] = await school.rows("SELECT link FROM mail WHERE kind = 'digest'")
    assert mail["link"] == "/"


@pytest.mark.parametrize("words", [DAILY, ALL_DAY])
@pytest.mark.parametrize("facts", [{"urgent": True}, {"sensitivity": Sensitivity.CHILD_PROTECTION}])
async def test_urgent_and_child_protection_never_wait(
    school: School, words: dict[str, Any], facts: dict[str, Any]
) -> None:
    await chooses(school, "Boyle", words)
    await school.logged(**facts)
    assert await mails(school, "Boyle") == {"alert": 1}


async def test_what_is_escalated_never_waits(school: School) -> None:
    await chooses(school, "Haddad", DAILY)
    await school.logged()
    await school.rows("UPDATE reading_watch SET due_at = due_at - interval '400 days'")
    await Escalator(school.db).round()
    assert await mails(school, "Haddad") == {"escalation": 1}


async def test_what_is_corrected_to_child_protection_waits_no_longer(school: School) -> None:
    await chooses(school, "Boyle", DAILY)
    incident = await school.logged()
    await school.corrected(incident, sensitivity=Sensitivity.SENSITIVE)
    assert await mails(school, "Boyle") == {}
    await school.corrected(incident, version=3, sensitivity=Sensitivity.CHILD_PROTECTION)
    assert await mails(school, "Boyle") == {"alert": 1}
    await time_comes(school)
    assert await mails(school, "Boyle") == {"alert": 1}


async def test_what_was_read_or_withdrawn_meanwhile_needs_no_mail(school: School) -> None:
    for name in ("Boyle", "Okafor"):
        await chooses(school, name, DAILY)
    incident = await school.logged()
    await school.client("Boyle").post(f"/alerts/{await school.alert_of('Boyle', incident)}/read")
    await school.dsl.post(f"/alerts/{await school.alert_of('Okafor', incident)}/withdraw", json={"reason": "Wrong."})
    await time_comes(school)
    assert await mails(school, "Boyle") == await mails(school, "Okafor") == {}


async def test_c12_a_shield_that_came_meanwhile_stops_the_mail(school: School) -> None:
    await chooses(school, "Boyle", DAILY)
    await school.logged()
    await school.shield("Boyle", pupil_id=ROWAN)
    await time_comes(school)
    assert await mails(school, "Boyle") == {}


async def test_r57_the_authors_mail_waits_as_well(school: School) -> None:
    await chooses(school, "Walsh", DAILY)
    incident = await school.logged(author="Walsh")
    action = ActionAdded(
        incident_id=incident.incident_id,
        action_id=new_id(),
        author_id=school.people["Okafor"],
        pupil_ids=[ROWAN],
        tell_author=True,
    )
    await school.hear(action)
    assert await mails(school, "Walsh") == {}
    await time_comes(school)
    assert await mails(school, "Walsh") == {"digest": 1}


async def test_who_chooses_otherwise_has_what_was_held_at_once(school: School) -> None:
    await chooses(school, "Boyle", DAILY)
    await school.logged()
    await chooses(school, "Boyle", {})
    await Escalator(school.db).round()
    assert await mails(school, "Boyle") == {"digest": 1}
    await school.logged()
    assert await mails(school, "Boyle") == {"digest": 1, "alert": 1}


async def test_the_choice_is_ones_own_by_version_and_refused_when_it_makes_no_sense(school: School) -> None:
    boyle = school.client("Boyle")
    assert (await boyle.get("/me/mails")).json() == {"version": 0, "digest": None, "quiet": None}
    first = await boyle.ask("PUT", "/me/mails", json=DAILY, headers={"If-Match": '"0"'})
    assert (first.status_code, first.headers["etag"]) == (200, '"1"')
    assert (await boyle.get("/me/mails")).json() == {**DAILY, "version": 1} == first.json()
    assert (await boyle.ask("PUT", "/me/mails", json=DAILY, headers={"If-Match": '"0"'})).status_code == 409
    assert (await school.client("Okafor").get("/me/mails")).json()["version"] == 0
    for wrong in (
        {"digest": {"at": "15:30", "days": []}},
        {"digest": {"at": "15:30", "days": [7]}},
        {"digest": {"at": "15:30+01:00"}},
        {"quiet": {"begins": "18:00", "ends": "18:00"}},
        {"digest": {"at": "22:00"}, "quiet": {"begins": "18:00", "ends": "07:30"}},
    ):
        assert (await boyle.ask("PUT", "/me/mails", json=wrong)).status_code == 422, wrong
    assert (await school.client("Boyle", assurance=Assurance.PASSWORD).get("/me/mails")).status_code == 403
