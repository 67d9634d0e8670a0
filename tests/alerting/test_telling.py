"""From `incident.logged` to alert rows, mail rows and `alert.raised`: who is told, once each, and nobody in silence."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from services.alerting.handlers import TOGETHER
from services.alerting.recipients import Rule
from services.alerting.service import NobodyToTell, replace_rules
from shared.contracts.alerting import AlertRaised
from shared.contracts.auth import GroupChanged
from shared.contracts.envelope import Envelope
from shared.contracts.incident import IncidentClosed, IncidentLogged, IncidentWeighed
from shared.contracts.words import DSL_TEAM, Role, Sensitivity
from shared.db import Scope
from shared.ids import new_id
from shared.telemetry import REGISTRY
from tests.alerting.conftest import ATTENDANCE, BEHAVIOUR, ROWAN, WELFARE, School

pytestmark = pytest.mark.postgres

LINE = {"Boyle": {"head"}, "Okafor": {"lead_dsl"}}


async def set_rules(school: School) -> None:
    """R70 to R72, as the demonstration has them."""
    rules = [
        Rule(new_id(), "Safeguarding", at_least=Sensitivity.SENSITIVE, roles=DSL_TEAM),
        Rule(
            new_id(),
            "KS2 behaviour",
            category_ids=frozenset({BEHAVIOUR}),
            year_groups=frozenset({"3", "4", "5", "6"}),
            group_ids=frozenset({school.ks2}),
        ),
        Rule(
            new_id(),
            "Class teachers",
            category_ids=frozenset({BEHAVIOUR, ATTENDANCE}),
            up_to=Sensitivity.ORDINARY,
            class_teachers=True,
        ),
    ]
    async with school.db.begin(Scope(school.id)) as session:
        await replace_rules(session, acting_staff=school.as_staff("Okafor"), rules=rules)


async def test_r69_the_head_and_the_lead_dsl_are_told_of_every_log(school: School) -> None:
    assert await school.told(await school.logged()) == LINE


async def test_r70_safeguarding_goes_to_the_dsl_team(school: School) -> None:
    await set_rules(school)
    incident = await school.logged(sensitivity=Sensitivity.CHILD_PROTECTION)
    told = await school.told(incident)
    assert told == {"Boyle": {"head", "rule"}, "Okafor": {"lead_dsl", "rule"}, "Haddad": {"rule"}}


async def test_r71_behaviour_of_ks2_goes_to_its_group(school: School) -> None:
    await set_rules(school)
    assert (await school.told(await school.logged(BEHAVIOUR)))["Joseph"] == {"rule"}
    infants = await school.logged(BEHAVIOUR, pupils=[school.pupil(code="1A", year="1")])
    assert "Joseph" not in await school.told(infants)


async def test_r72_class_teachers_are_told_of_behaviour_and_attendance_and_assistants_are_not(school: School) -> None:
    await set_rules(school)
    told = await school.told(await school.logged(ATTENDANCE))
    assert told == LINE | {"Bevan": {"class_teacher"}}


async def test_r67_r68_ticked_groups_and_people_are_told(school: School) -> None:
    incident = await school.logged(
        extra_staff_ids=[school.people["Chaudhry"], new_id()], extra_group_ids=[school.ks2, new_id()]
    )
    told = await school.told(incident)
    assert told == {
        "Boyle": {"head", "chosen_group"},
        "Okafor": {"lead_dsl"},
        "Joseph": {"chosen_group"},
        "Chaudhry": {"chosen_person"},
    }


async def test_r79_each_alert_has_a_mail_with_its_link_and_an_event_in_order(school: School) -> None:
    incident = await school.logged(extra_staff_ids=[school.people["Chaudhry"]])
    alerts = await school.rows("SELECT id, staff_id FROM alert ORDER BY id")
    mails = await school.rows("SELECT kind, staff_id, link, state, school_id FROM mail ORDER BY link")
    assert [(m["staff_id"], m["link"]) for m in mails] == [(a["staff_id"], f"/alerts/{a['id']}") for a in alerts]
    assert {(m["kind"], m["state"], m["school_id"]) for m in mails} == {("alert", "prepared", school.id)}
    published = await school.published(incident)
    assert [envelope.version for envelope, _ in published] == [1]
    assert {envelope.school_id for envelope, _ in published} == {school.id}
    [(_, raised)] = published
    assert isinstance(raised, AlertRaised)
    assert [(told.alert_id, told.staff_id) for told in raised.told] == [(a["id"], a["staff_id"]) for a in alerts]


async def test_incidents_told_of_together_are_told_as_if_each_came_alone(school: School) -> None:
    incidents = [school.incident(), school.incident(extra_staff_ids=[school.people["Chaudhry"]])]
    taken = []
    for number, incident in enumerate(incidents):
        trace = f"00-{str(number + 1) * 32}-{'b' * 16}-01"
        about = (new_id(), incident.TYPE, "/heed/incident", datetime.now(UTC), incident.key)
        taken.append((Envelope(*about, school.id, version=1, traceparent=trace), incident))
    async with school.db.begin(Scope(school.id)) as session:
        await TOGETHER[IncidentLogged](session, taken)
    assert await school.told(incidents[0]) == LINE
    assert await school.told(incidents[1]) == {**LINE, "Chaudhry": {"chosen_person"}}
    assert len(await school.rows("SELECT FROM mail")) == 5
    assert len(await school.rows("SELECT FROM reading_watch")) == 2
    for number, incident in enumerate(incidents):
        [(envelope, event)] = await school.published(incident)
        assert isinstance(event, AlertRaised)
        assert len(event.also) == number + 1
        assert (envelope.traceparent or "")[3:35] == str(number + 1) * 32
        [row] = await school.rows("SELECT trace_id FROM audit WHERE about_id = $1", incident.incident_id)
        assert row["trace_id"] == str(number + 1) * 32


async def test_a_batch_of_alerts_is_on_the_audit_with_the_children(school: School) -> None:
    incident = await school.logged()
    [row] = await school.rows("SELECT * FROM audit WHERE action = 'alert:raised'")
    assert row["actor"] == "alerting"
    assert row["about_id"] == incident.incident_id
    assert row["pupil_ids"] == [ROWAN]
    assert row["staff_id"] is None


async def test_nobody_is_told_twice_when_the_event_comes_twice(school: School) -> None:
    incident = school.incident()
    event_id = new_id()
    assert await school.hear(incident, version=1, event_id=event_id)
    assert not await school.hear(incident, version=1, event_id=event_id)
    # After the inbox has forgotten it, or in a replay, it comes under another name.
    assert await school.hear(incident, version=1)
    assert await school.told(incident) == LINE
    assert len(await school.published(incident)) == 1
    [mails] = await school.rows("SELECT count(*) FROM mail")
    assert mails["count"] == 2


async def test_a_correction_adds_who_must_know_now_and_takes_nobodys_alert(school: School) -> None:
    await set_rules(school)
    incident = await school.logged(ATTENDANCE)
    await school.corrected(incident, category_ids=[WELFARE], sensitivity=Sensitivity.SENSITIVE)
    told = await school.told(incident)
    assert told == LINE | {"Bevan": {"class_teacher"}, "Haddad": {"rule"}}
    assert [envelope.version for envelope, _ in await school.published(incident)] == [1, 2]


async def test_who_must_know_of_what_became_more_sensitive_is_told_in_the_house_and_once(school: School) -> None:
    await set_rules(school)
    incident, closed = await school.logged(ATTENDANCE), await school.logged(ATTENDANCE)
    await school.hear(IncidentClosed(incident_id=closed.incident_id, by_id=new_id()), version=2)
    [before] = await school.rows("SELECT count(*) FROM mail")
    for one in (incident, incident, closed):
        await school.hear(
            IncidentWeighed(incident_id=one.incident_id, sensitivity=Sensitivity.CHILD_PROTECTION), version=1
        )
    assert "Haddad" in await school.told(incident)
    assert "Haddad" not in await school.told(closed)
    assert {row["sensitivity"] for row in await school.rows("SELECT sensitivity FROM told_incident")} == {3}
    [after] = await school.rows("SELECT count(*) FROM mail")
    assert after["count"] == before["count"]
    # What was written since knows better.
    await school.corrected(incident, version=3)
    await school.hear(
        IncidentWeighed(incident_id=incident.incident_id, sensitivity=Sensitivity.CHILD_PROTECTION), version=2
    )
    rows = await school.rows("SELECT sensitivity, facts FROM told_incident WHERE facts_version = 3")
    assert [row["sensitivity"] for row in rows] == [1]


async def test_an_older_word_on_an_incident_changes_nothing(school: School) -> None:
    await set_rules(school)
    incident = await school.logged(ATTENDANCE)
    await school.corrected(incident, version=3)
    await school.corrected(incident, version=2, sensitivity=Sensitivity.SENSITIVE)
    assert "Haddad" not in await school.told(incident)
    [row] = await school.rows("SELECT facts_version, sensitivity FROM told_incident")
    assert (row["facts_version"], row["sensitivity"]) == (3, 1)


async def test_a_child_taken_out_by_a_correction_is_still_shielded_from(school: School) -> None:
    incident = await school.logged()
    other = new_id()
    await school.corrected(incident, pupils=[school.pupil(other)])
    [row] = await school.rows("SELECT pupil_ids FROM told_incident")
    assert set(row["pupil_ids"]) == {ROWAN, other}
    assert await school.open_alerts("Okafor", shields=(ROWAN,)) == []


async def test_c12_who_is_shielded_is_not_told_and_the_next_in_line_is(school: School) -> None:
    await school.shield("Okafor", pupil_id=ROWAN)
    assert await school.told(await school.logged()) == {"Boyle": {"head"}, "Haddad": {"stand_in"}}
    incident = school.incident(pupils=[school.pupil(new_id())])
    await school.shield("Boyle", incident_id=incident.incident_id)
    lead = await school.trust_lead()
    await school.hear(incident, version=1)
    assert await school.told(incident) == {"Okafor": {"lead_dsl"}, "Nkemelu": {"stand_in"}}
    [row] = await school.rows("SELECT school_id FROM alert WHERE staff_id = $1", lead)
    assert row["school_id"] == school.id


async def test_a_school_of_which_nobody_is_known_is_never_passed_over_in_silence(house: School) -> None:
    def counted() -> float:
        return REGISTRY.get_sample_value("heed_nobody_to_tell_total") or 0.0

    incident, before = house.incident(), counted()
    with pytest.raises(NobodyToTell):
        await house.hear(incident, version=1)
    assert counted() == before + 1
    assert await house.rows("SELECT FROM told_incident") == []
    # The runner tries again, or an operator replays the key: now somebody is there.
    await house.joins("Boyle")
    await house.hear(incident, version=1)
    assert await house.told(incident) == {"Boyle": {"head", "stand_in"}}


async def test_who_became_lead_before_the_incident_is_told_though_their_event_comes_after_it(school: School) -> None:
    before = datetime.now(UTC)
    incident = await school.logged()
    await school.joins("Novak", Role.LEAD_DSL, at=before)
    assert (await school.told(incident))["Novak"] == {"lead_dsl"}


async def test_who_joins_after_the_incident_is_not_given_its_alert(school: School) -> None:
    incident = await school.logged(extra_group_ids=[school.ks2], logged_at=datetime.now(UTC) - timedelta(seconds=1))
    await school.joins("Novak", Role.LEAD_DSL)
    await school.hear(GroupChanged(group_id=school.ks2, member_ids=[school.people["Walsh"]]))
    told = await school.told(incident)
    assert "Novak" not in told
    # And who left the group keeps theirs.
    assert "Joseph" in told


async def test_a_shield_raised_before_the_incident_and_heard_after_it_calls_the_stand_in(school: School) -> None:
    incident = school.incident(logged_at=datetime.now(UTC) + timedelta(seconds=1))
    await school.hear(incident, version=1)
    await school.shield("Okafor", pupil_id=ROWAN)
    assert (await school.told(incident))["Haddad"] == {"stand_in"}


async def test_a_change_of_people_and_an_incident_at_the_same_moment_see_one_another(school: School) -> None:
    for number in range(8):
        name, at = f"Lead {number}", datetime.now(UTC)
        incident = school.incident()
        await asyncio.gather(school.hear(incident, version=1), school.joins(name, Role.LEAD_DSL, at=at))
        assert name in await school.told(incident)


async def test_another_schools_people_are_not_told(school: School) -> None:
    other = School(school.http, school.auth, school.db, school.admin_url)
    await other.open()
    incident = await school.logged(extra_staff_ids=[other.people["Chaudhry"]], extra_group_ids=[other.ks2])
    assert await school.told(incident) == LINE
    assert await other.open_alerts("Okafor") == []


async def test_what_is_taken_over_from_long_ago_stands_in_the_house_and_mails_nobody(school: School) -> None:
    three_weeks_ago = datetime.now(UTC) - timedelta(days=21)
    old = await school.logged(logged_at=three_weeks_ago)
    assert await school.told(old) == LINE
    assert await school.rows("SELECT 1 FROM mail") == []
    # Whom a later correction adds is told of it now, and by mail.
    await school.corrected(old, extra_staff_ids=[school.people["Joseph"]])
    assert [m["staff_id"] for m in await school.rows("SELECT staff_id FROM mail")] == [school.people["Joseph"]]


async def test_an_event_that_waited_for_days_mails_as_if_it_had_not(school: School) -> None:
    """We or the bus were down: it was told when it was logged, and nobody has heard of it yet."""
    three_days_ago = datetime.now(UTC) - timedelta(days=3)
    await school.hear(school.incident(logged_at=three_days_ago), version=1, at=three_days_ago)
    assert len(await school.rows("SELECT 1 FROM mail")) == len(LINE)
