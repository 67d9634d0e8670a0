"""Who reads what, as `access.md` says; refusals that tell nothing; every read on the audit."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest

from services.incident.handlers import note_reader
from shared.contracts.alerting import AlertFact, AlertRaised, AlertWithdrawn, AlsoTold
from shared.contracts.envelope import Envelope
from shared.contracts.words import Assurance, Role, Why
from shared.db import Scope
from shared.ids import new_id
from tests.conftest import Cluster
from tests.incident.conftest import School
from tests.issuer import Client

pytestmark = pytest.mark.postgres

ORDINARY, SENSITIVE, PROTECTION = "Attendance", "Welfare Concern", "Child Protection Incident"
ELEVATED = Assurance.ELEVATED


async def alert(school: School, who: Client, incident_id: UUID, *, version: int = 1, withdrawn: bool = False) -> None:
    """What arrives from alerting, handled as the consumer handles it."""
    alert_id, staff_id = new_id(), who.staff.staff_id
    event = (
        AlertWithdrawn(alert_id=alert_id, incident_id=incident_id, staff_id=staff_id)
        if withdrawn
        else AlertRaised(alert_id=alert_id, incident_id=incident_id, staff_id=staff_id, why=[Why.RULE])
    )
    envelope = Envelope(
        id=new_id(),
        type=event.TYPE,
        source=event.source(),
        time=datetime.now(UTC),
        subject=incident_id,
        school_id=school.id,
        version=version,
        traceparent=None,
    )
    async with school.db.begin(Scope(school.id)) as session:
        await note_reader(session, envelope, event)


async def test_whoever_was_told_in_the_same_moment_may_read_and_the_newest_word_on_each_holds(
    school: School, empty_cluster: Cluster
) -> None:
    incident_id, alerts, people = new_id(), [new_id() for _ in range(3)], [new_id() for _ in range(3)]
    others = [AlsoTold(alert_id=a, staff_id=p, why=[Why.RULE]) for a, p in zip(alerts[1:], people[1:], strict=True)]
    raised = AlertRaised(alert_id=alerts[0], incident_id=incident_id, staff_id=people[0], why=[Why.HEAD], also=others)
    gone = AlertWithdrawn(alert_id=alerts[1], incident_id=incident_id, staff_id=people[1])

    def envelope(event: AlertFact, version: int) -> Envelope:
        return Envelope(new_id(), event.TYPE, event.source(), datetime.now(UTC), incident_id, school.id, version)

    # The withdrawal comes first; what it was about, and who else, comes after it.
    for event, version in ((gone, 2), (raised, 1)):
        async with school.db.begin(Scope(school.id)) as session:
            await note_reader(session, envelope(event, version), event)
    query = "SELECT staff_id, alert_id, withdrawn_at IS NULL AS reads FROM reader WHERE incident_id = $1"
    connection = await asyncpg.connect(empty_cluster.admin("incident"))
    rows = await connection.fetch(query, incident_id)
    await connection.close()
    found = {row["staff_id"]: (row["alert_id"], row["reads"]) for row in rows}
    assert found == dict(zip(people, zip(alerts, (True, False, True), strict=True), strict=True))


@pytest.mark.parametrize(
    ("role", "category", "reads"),
    [
        (Role.HEAD, PROTECTION, True),
        (Role.LEAD_DSL, PROTECTION, True),
        (Role.DEPUTY_DSL, PROTECTION, True),
        (Role.SENCO, SENSITIVE, True),
        (Role.SENCO, PROTECTION, False),
        (Role.SENCO, "Behaviour incident/Sexual behaviour", True),
        (Role.SENCO, "Peer on peer abuse/Sexual Violence and Harassment", False),
        (Role.SENIOR_LEADER, SENSITIVE, True),
        (Role.SENIOR_LEADER, PROTECTION, False),
        (Role.PASTORAL, SENSITIVE, True),
        (Role.PASTORAL, PROTECTION, False),
        (Role.TEACHER, ORDINARY, True),
        (Role.TEACHER, SENSITIVE, False),
        (Role.TEACHER, "Behaviour incident/Sexual behaviour", False),
        (Role.TEACHING_ASSISTANT, ORDINARY, False),
        (Role.SUPPORT, ORDINARY, False),
    ],
)
async def test_the_reach_of_each_role(school: School, role: Role, category: str, *, reads: bool) -> None:
    incident_id = await school.log(school.someone(Role.TEACHER), of=category)
    someone = school.someone(role, classes=("4B",), assurance=ELEVATED)
    answer = await someone.get(f"/incidents/{incident_id}")
    assert answer.status_code == (200 if reads else 404)
    # Before elevation the way there is shown only to those for whom it leads somewhere.
    plain = await school.client(replace(someone.staff, assurance=Assurance.MFA)).get(f"/incidents/{incident_id}")
    assert plain.status_code == (403 if reads else 404)
    if reads:
        assert plain.json()["type"].endswith("/elevation-required")


async def test_r31_a_senco_who_is_a_dsl_too_has_the_rights_of_both(school: School) -> None:
    incident_id = await school.log(school.someone(Role.TEACHER), of=PROTECTION)
    both = school.someone(Role.SENCO, Role.DEPUTY_DSL, assurance=ELEVATED)
    assert (await both.get(f"/incidents/{incident_id}")).json()["view"] == "whole"
    alone = school.someone(Role.SENCO, assurance=ELEVATED, staff_id=both.staff.staff_id)
    assert (await alone.get(f"/incidents/{incident_id}")).status_code == 404


async def test_a_teacher_reads_of_the_class_a_child_is_in_today(school: School) -> None:
    incident_id = await school.log(school.someone(Role.SUPPORT), of=ORDINARY)
    of_4b = school.someone(Role.TEACHER, classes=("4b ",), assurance=ELEVATED)
    of_3a = school.someone(Role.TEACHER, classes=("3A",), assurance=ELEVATED)
    assert (await of_4b.get(f"/incidents/{incident_id}")).status_code == 200
    assert (await of_3a.get(f"/incidents/{incident_id}")).status_code == 404


async def test_every_refusal_looks_like_every_other(school: School, house: School) -> None:
    other = await School(house.http, house.auth, house.alerting, house.db).open()
    theirs = await other.log(other.someone(Role.TEACHER))
    hidden = await school.log(school.someone(Role.TEACHER), of=PROTECTION)
    shielded = await school.log(school.someone(Role.TEACHER), of=ORDINARY)
    senco = school.someone(Role.SENCO, assurance=ELEVATED, shields=(shielded,))
    answers = [await senco.get(f"/incidents/{asked}") for asked in (new_id(), theirs, hidden, shielded)]
    assert {a.status_code for a in answers} == {404}
    assert len({a.text for a in answers}) == 1


async def test_r28_an_author_sees_their_own_first_words_and_nothing_that_followed(school: School) -> None:
    okafor = school.someone(Role.TEACHING_ASSISTANT)
    incident_id = await school.log(okafor, narrative="First words.")
    corrected = school.concern(narrative="Corrected words.", of=PROTECTION) | {"reason": "The category was missing."}
    answer = await school.dsl.post(f"/incidents/{incident_id}/corrections", json=corrected)
    assert answer.status_code == 200, answer.text
    await school.dsl.post(f"/incidents/{incident_id}/actions", json={"text": "Rang the social worker."})
    shown = (await okafor.get(f"/incidents/{incident_id}")).json()
    assert shown["view"] == "own"
    assert shown["narrative"] == "First words."
    assert not {"actions", "state", "revisions", "sensitivity", "version"} & set(shown)
    whole = (await school.dsl.get(f"/incidents/{incident_id}")).json()
    assert whole["narrative"] == "Corrected words."
    assert [r["narrative"] for r in whole["revisions"]] == ["First words.", "Corrected words."]
    assert whole["sensitivity"] == 3
    listed = (await okafor.get("/incidents")).json()["incidents"]
    assert [line["narrative"] for line in listed] == ["First words."]


async def test_own_words_need_the_second_factor(school: School) -> None:
    okafor = school.someone(Role.TEACHING_ASSISTANT, assurance=Assurance.PASSWORD)
    incident_id = await school.log(okafor)
    answer = await okafor.get(f"/incidents/{incident_id}")
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("/second-factor-required")


async def test_r67_who_was_alerted_reads_it_whole_without_elevation_until_it_is_withdrawn(school: School) -> None:
    incident_id = await school.log(school.someone(Role.TEACHER), of=PROTECTION)
    brennan = school.someone(Role.SUPPORT)
    assert (await brennan.get(f"/incidents/{incident_id}")).status_code == 404
    await alert(school, brennan, incident_id)
    assert (await brennan.get(f"/incidents/{incident_id}")).json()["view"] == "whole"
    await alert(school, brennan, incident_id, version=2, withdrawn=True)
    assert (await brennan.get(f"/incidents/{incident_id}")).status_code == 404
    # An older word that comes late changes nothing.
    await alert(school, brennan, incident_id, version=1)
    assert (await brennan.get(f"/incidents/{incident_id}")).status_code == 404


async def test_the_first_instant_alertings_voucher_opens_what_its_event_has_not_yet(school: School) -> None:
    incident_id = await school.log(school.someone(Role.TEACHER), of=PROTECTION)
    brennan, other = school.someone(Role.SUPPORT), school.someone(Role.SUPPORT)
    voucher = {"X-Heed-Voucher": school.voucher(brennan.staff, incident_id)}
    path = f"/incidents/{incident_id}"
    assert (await brennan.get(path, headers=voucher)).json()["view"] == "whole"
    assert (await other.get(path, headers=voucher)).status_code == 404
    forged = {"X-Heed-Voucher": school.auth.mint({"sub": str(other.staff.staff_id)}, "incident")}
    assert (await other.get(path, headers=forged)).status_code == 404
    assert (await brennan.get(f"/incidents/{new_id()}", headers=voucher)).status_code == 404
    summaries = await brennan.post(
        "/incidents/summaries", json={"ids": [str(incident_id)], "vouchers": [voucher["X-Heed-Voucher"]]}
    )
    assert [s["pupils"] for s in summaries.json()["summaries"]] == [["Rowan Adeyemi"]]


async def test_c12_a_shield_takes_everything_away_but_ones_own_words(school: School) -> None:
    parent = school.someone(Role.LEAD_DSL, assurance=ELEVATED, shields=(school.rowan,))
    by_another = await school.log(school.someone(Role.TEACHER))
    by_themselves = await school.log(parent)
    await alert(school, parent, by_another)
    voucher = {"X-Heed-Voucher": school.voucher(parent.staff, by_another)}
    assert (await parent.get(f"/incidents/{by_another}", headers=voucher)).status_code == 404
    assert (await parent.get(f"/incidents/{by_themselves}")).json()["view"] == "own"
    summaries = await parent.post("/incidents/summaries", json={"ids": [str(by_another), str(by_themselves)]})
    assert summaries.json() == {"summaries": []}
    answer = await parent.post(f"/incidents/{by_another}/close", json={"reason": "Nothing in it."})
    assert answer.status_code == 404


async def test_a_child_who_left_is_the_dsl_teams_alone(school: School) -> None:
    incident_id = await school.log(school.someone(Role.TEACHER), of=ORDINARY)
    without = "Surname,Forename,Date of birth,Year group,Class\nAdeyemi,Ife,2020-05-01,1,1A\n"
    answer = await school.dsl.post("/roll", content=without, headers={"content-type": "text/csv"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["left"] == 4
    assert (await school.dsl.get(f"/incidents/{incident_id}")).status_code == 200
    leader = school.someone(Role.SENIOR_LEADER, assurance=ELEVATED)
    assert (await leader.get(f"/incidents/{incident_id}")).status_code == 404


async def test_no_audit_row_no_read(school: School, empty_cluster: Cluster) -> None:
    incident_id = await school.log(school.someone(Role.TEACHER))
    connection = await asyncpg.connect(empty_cluster.admin("incident"))
    await connection.execute("REVOKE INSERT ON audit FROM heed_incident_app")
    try:
        answer = await school.dsl.get(f"/incidents/{incident_id}")
        assert answer.status_code == 500
        assert "Rowan" not in answer.text
    finally:
        await connection.execute("GRANT INSERT ON audit TO heed_incident_app")
    dsl = school.dsl
    assert (await dsl.get(f"/incidents/{incident_id}")).status_code == 200
    row = await connection.fetchrow("SELECT * FROM audit WHERE action = 'incident:read'")
    await connection.close()
    assert row is not None
    assert row["staff_id"] == dsl.staff.staff_id
    assert row["about_id"] == incident_id
    assert row["pupil_ids"] == [school.rowan]
    assert row["elevated"]


async def test_a_linked_child_outside_ones_reach_is_a_name_and_no_more(school: School) -> None:
    both = [{"pupil_id": str(school.rowan)}, {"pupil_id": str(school.pupils["Aisha Khan 3A"]), "part": "witness"}]
    incident_id = await school.log(school.someone(Role.SUPPORT), of=ORDINARY, pupils=both)
    teacher = school.someone(Role.TEACHER, classes=("4B",), assurance=ELEVATED)
    shown = (await teacher.get(f"/incidents/{incident_id}")).json()
    assert {child["name"]: child["reachable"] for child in shown["pupils"]} == {
        "Rowan Adeyemi": True,
        "Aisha Khan": False,
    }


async def test_ones_own_incidents_come_in_pages(school: School) -> None:
    okafor = school.someone(Role.TEACHER)
    for number in range(5):
        await school.log(okafor, narrative=f"Number {number}")
    await school.log(school.someone(Role.TEACHER), narrative="Somebody else's")
    seen, cursor = [], None
    while True:
        params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await okafor.get("/incidents", params=params)).json()
        seen += [line["narrative"] for line in page["incidents"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == [f"Number {number}" for number in (4, 3, 2, 1, 0)]
    assert (await okafor.get("/incidents", params={"cursor": "rubbish"})).status_code == 422
