"""What somebody owes: theirs, their deputy's while they are away, told to the next in line when it is late, done."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.alerting.domain.escalation import LONDON
from services.alerting.escalator import Escalator
from shared.contracts.alerting import AlertEscalated
from shared.contracts.auth import StaffChanged
from shared.contracts.incident import ActionAdded, ActionDone, IncidentClosed, IncidentFacts
from shared.contracts.words import Assurance, Role, Sensitivity
from shared.ids import new_id
from tests.alerting.conftest import ROWAN, School

pytestmark = pytest.mark.postgres
SOON = timedelta(hours=2)


async def given(
    school: School,
    incident: IncidentFacts,
    owner: str,
    *,
    by: str = "Okafor",
    due: timedelta | None = SOON,
    **rest: Any,
) -> ActionAdded:
    action = ActionAdded(
        incident_id=incident.incident_id,
        action_id=new_id(),
        author_id=school.people[by],
        pupil_ids=[ROWAN],
        owner_id=school.people[owner],
        due_at=datetime.now(UTC) + due if due is not None else None,
        **rest,
    )
    await school.hear(action)
    return action


async def owed_by(school: School, name: str, **rest: Any) -> list[str]:
    answer = await school.client(name, **rest).get("/duties/mine")
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["duties"]]


async def done(school: School, action: ActionAdded, by: str = "Bevan") -> None:
    await school.hear(ActionDone(incident_id=action.incident_id, action_id=action.action_id, by_id=school.people[by]))


async def time_passes(school: School, *, escalators: int = 1) -> None:
    """As if every time that was set had come; then the escalators look, all at once."""
    await school.rows("UPDATE duty SET look_at = look_at - interval '400 days', due_at = due_at - interval '400 days'")
    await asyncio.gather(*(Escalator(school.db).round() for _ in range(escalators)))


async def mails(school: School, kind: str) -> list[str]:
    names = {staff_id: name for name, staff_id in school.people.items()}
    return [names[row["staff_id"]] for row in await school.rows("SELECT * FROM mail WHERE kind = $1 ORDER BY id", kind)]


async def escalations(school: School, incident: IncidentFacts) -> list[str]:
    names = {staff_id: name for name, staff_id in school.people.items()}
    events = [event for _, event in await school.published(incident)]
    return [names[event.to_staff_id] for event in events if isinstance(event, AlertEscalated)]


async def goes_away(school: School, name: str, deputy: str, *roles: Role) -> None:
    await school.hear(
        StaffChanged(
            staff_id=school.people[name],
            roles=list(roles),
            away_until=datetime.now(LONDON).date() + timedelta(days=3),
            deputy_id=school.people[deputy],
        )
    )


async def test_r60_a_promised_contact_is_a_duty_of_its_owner_until_it_is_done(school: School) -> None:
    incident = await school.logged(extra_staff_ids=[school.people["Joseph"]])
    action = await given(school, incident, "Joseph", promise=True)
    [duty] = (await school.client("Joseph").get("/duties/mine")).json()["duties"]
    assert (duty["id"], duty["promise"], duty["overdue"]) == (str(action.action_id), True, False)
    assert await mails(school, "duty") == ["Joseph"]
    alert = await school.alert_of("Joseph", incident)
    [mail] = await school.rows("SELECT link FROM mail WHERE kind = 'duty'")
    assert mail["link"] == f"/alerts/{alert}"
    # That the incident is closed keeps no promise.
    await school.hear(IncidentClosed(incident_id=incident.incident_id, by_id=school.people["Okafor"]))
    assert await owed_by(school, "Joseph") == [str(action.action_id)]
    await done(school, action, "Joseph")
    assert await owed_by(school, "Joseph") == []
    await time_passes(school)
    assert await escalations(school, incident) == []


async def test_r57_what_somebody_gave_to_themselves_is_owed_and_not_mailed_and_nobody_elses(school: School) -> None:
    incident = await school.logged()
    action = await given(school, incident, "Okafor")
    assert await owed_by(school, "Okafor") == [str(action.action_id)]
    assert await owed_by(school, "Boyle") == []
    assert await mails(school, "duty") == []
    assert (await school.client("Boyle").get(f"/duties/{action.action_id}")).status_code == 404
    # Once more the same event, as from a bus that delivers twice: it is one duty.
    await school.hear(action)
    assert await owed_by(school, "Okafor") == [str(action.action_id)]


async def test_what_is_late_is_told_to_owner_deputies_head_and_trust_each_once_and_ends_when_done(
    school: School,
) -> None:
    await school.trust_lead()
    incident = await school.logged(extra_staff_ids=[school.people["Joseph"]])
    action = await given(school, incident, "Joseph")
    await Escalator(school.db).round()
    assert await escalations(school, incident) == []
    for told in (["Haddad"], ["Haddad", "Boyle"], ["Haddad", "Boyle", "Nkemelu"], ["Haddad", "Boyle", "Nkemelu"]):
        # Three processes at once, and one after a restart: still once each.
        await time_passes(school, escalators=3)
        await Escalator(school.db).round()
        assert await escalations(school, incident) == told
    assert await mails(school, "duty-overdue") == ["Joseph", "Haddad", "Boyle", "Nkemelu"]
    assert (await school.told(incident))["Haddad"] == {"escalated"}
    versions = [envelope.version for envelope, _ in await school.published(incident)]
    assert versions == sorted(set(versions))
    late = await school.dsl.get("/duties", params={"when": "overdue"})
    assert [one["id"] for one in late.json()["duties"]] == [str(action.action_id)]
    await done(school, action, "Joseph")
    assert (await school.dsl.get("/duties", params={"when": "overdue"})).json()["duties"] == []


async def test_r60_a_rung_that_was_told_is_told_once_even_if_what_is_owed_begins_its_way_again(school: School) -> None:
    incident = await school.logged(extra_staff_ids=[school.people["Joseph"]])
    await given(school, incident, "Joseph")
    [before] = await school.rows("SELECT rung FROM duty")
    for _ in range(2):
        await time_passes(school)
    told, mailed = await escalations(school, incident), await mails(school, "duty-overdue")
    assert (told, mailed) == (["Haddad", "Boyle"], ["Joseph", "Haddad", "Boyle"])
    # As after a clock that ran ahead, or a hand in the database: what was told is known by its own key alone.
    begun_again = "UPDATE duty SET rung = $1, look_at = now() - interval '1 day', set_at = now() - interval '1 day'"
    await school.rows(begun_again, before["rung"])
    await Escalator(school.db).round()
    [after] = await school.rows("SELECT rung FROM duty")
    assert after["rung"] == before["rung"] + 1
    assert (await escalations(school, incident), await mails(school, "duty-overdue")) == (told, mailed)


async def test_done_in_time_is_told_to_nobody_and_what_is_due_by_no_time_neither(school: School) -> None:
    incident = await school.logged(extra_staff_ids=[school.people["Joseph"]])
    await given(school, incident, "Joseph", due=None)
    first = await given(school, incident, "Joseph")
    await time_passes(school)
    assert await escalations(school, incident) == ["Haddad"]
    await done(school, first, "Joseph")
    await time_passes(school)
    assert await escalations(school, incident) == ["Haddad"]


async def test_whose_turn_it_was_is_not_the_next_in_line(school: School) -> None:
    await school.trust_lead()
    incident = await school.logged()
    await given(school, incident, "Boyle")
    await school.changes("Haddad", Role.TEACHER)
    await time_passes(school)
    # No deputy DSL is left, and the head owes it: the trust's lead is next.
    assert await escalations(school, incident) == ["Nkemelu"]


async def test_c12_who_is_shielded_sees_no_duty_and_is_told_of_none(school: School) -> None:
    incident = await school.logged(extra_staff_ids=[school.people["Joseph"]])
    await school.shield("Haddad", pupil_id=ROWAN)
    action = await given(school, incident, "Joseph")
    await school.shield("Joseph", pupil_id=ROWAN)
    assert await owed_by(school, "Joseph", shields=frozenset({ROWAN})) == []
    kept_away = school.client("Haddad", assurance=Assurance.ELEVATED, shields=frozenset({ROWAN}))
    assert (await kept_away.get("/duties")).json()["duties"] == []
    assert (await kept_away.get(f"/duties/{action.action_id}")).status_code == 404
    await time_passes(school)
    assert await escalations(school, incident) == ["Boyle"]
    assert await mails(school, "duty-overdue") == ["Boyle"]


async def test_a_clock_that_was_put_back_tells_nobody_and_keeps_the_time_that_was_promised(school: School) -> None:
    incident = await school.logged(extra_staff_ids=[school.people["Joseph"]])
    action = await given(school, incident, "Joseph")
    await school.rows("UPDATE duty SET set_at = now() + interval '9 years'")
    await Escalator(school.db).round()
    [row] = await school.rows("SELECT look_at, set_at <= now() AS again FROM duty")
    assert (row["look_at"], row["again"]) == (action.due_at, True)
    await time_passes(school)
    await school.rows("UPDATE duty SET set_at = now() + interval '9 years', look_at = now() + interval '9 years'")
    await Escalator(school.db).round()
    assert await escalations(school, incident) == ["Haddad"]
    [row] = await school.rows("SELECT look_at < now() + interval '200 days' AS soon FROM duty")
    assert row["soon"]


async def test_while_its_owner_is_away_their_deputy_has_it_and_can_read_what_it_is_about(school: School) -> None:
    incident = await school.logged(extra_staff_ids=[school.people["Joseph"]])
    action = await given(school, incident, "Joseph")
    await goes_away(school, "Joseph", "Chaudhry", Role.PASTORAL)
    for _ in range(3):
        await Escalator(school.db).round()
    assert await owed_by(school, "Chaudhry") == [str(action.action_id)]
    assert (await school.told(incident))["Chaudhry"] == {"deputy"}
    assert await mails(school, "duty") == ["Joseph", "Chaudhry"]
    opened = (await school.client("Chaudhry").get(f"/duties/{action.action_id}")).json()
    assert opened["voucher"]
    assert (await school.client("Joseph").get(f"/duties/{action.action_id}")).json()["voucher"] is None
    # Back again: it is the owner's alone.
    await school.changes("Joseph", Role.PASTORAL)
    assert await owed_by(school, "Chaudhry") == []
    assert await owed_by(school, "Joseph") == [str(action.action_id)]


async def test_r28_nobody_stands_in_for_an_author_who_reads_nothing_of_what_followed(school: School) -> None:
    incident = await school.logged(author="Walsh")
    action = await given(school, incident, "Walsh")
    await goes_away(school, "Walsh", "Bevan", Role.SUPPORT)
    await Escalator(school.db).round()
    assert await owed_by(school, "Walsh") == [str(action.action_id)]
    assert await owed_by(school, "Bevan") == []
    assert "Bevan" not in await school.told(incident)
    [mail] = await school.rows("SELECT link FROM mail WHERE kind = 'duty'")
    assert mail["link"] == "/"


async def test_a_withdrawn_alert_takes_the_duty_from_the_list_and_the_dsl_team_still_has_it(school: School) -> None:
    incident = await school.logged(extra_staff_ids=[school.people["Joseph"]])
    action = await given(school, incident, "Joseph")
    alert = await school.alert_of("Joseph", incident)
    await school.dsl.post(f"/alerts/{alert}/withdraw", json={"reason": "Another child was meant."})
    assert await owed_by(school, "Joseph") == []
    listed = (await school.dsl.get("/duties", params={"when": "open"})).json()["duties"]
    assert [one["id"] for one in listed] == [str(action.action_id)]


async def test_r29_the_schools_duties_are_listed_for_the_dsl_team_page_by_page_the_soonest_first(
    school: School,
) -> None:
    incident = await school.logged(sensitivity=Sensitivity.CHILD_PROTECTION)
    hours = [5, 1, 3]
    made = [await given(school, incident, "Boyle", due=timedelta(hours=hour)) for hour in hours]
    never = await given(school, incident, "Boyle", due=None)
    expected = [str(one.action_id) for one in (made[1], made[2], made[0], never)]
    found, cursor = [], None
    while True:
        params = {"limit": 1} | ({"cursor": cursor} if cursor else {})
        page = (await school.dsl.get("/duties", params=params)).json()
        found += [one["id"] for one in page["duties"]]
        if not (cursor := page["next"]):
            break
    assert found == expected
    assert (await school.dsl.get("/duties", params={"cursor": "nonsense"})).status_code == 422
    for name, assurance, status in (
        ("Haddad", Assurance.ELEVATED, 200),
        ("Haddad", Assurance.MFA, 403),
        ("Chaudhry", Assurance.ELEVATED, 403),
        ("Bevan", Assurance.ELEVATED, 403),
    ):
        assert (await school.client(name, assurance=assurance).get("/duties")).status_code == status


async def test_what_was_taken_over_is_in_the_list_and_calls_nobody(school: School) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=30)
    incident = await school.logged(logged_at=long_ago, extra_staff_ids=[school.people["Joseph"]])
    await given(school, incident, "Joseph", due=timedelta(days=-29))
    assert len(await owed_by(school, "Joseph")) == 1
    await time_passes(school)
    assert await mails(school, "duty") == await mails(school, "duty-overdue") == []
