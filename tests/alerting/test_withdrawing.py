"""Withdrawing alerts, calling back with a note, and seeing who was alerted and who has read it."""

from typing import Any

import pytest

from shared.contracts.alerting import AlertWithdrawn
from shared.contracts.incident import IncidentFacts
from shared.contracts.words import Assurance
from shared.ids import new_id
from tests.alerting.conftest import ROWAN, School

pytestmark = pytest.mark.postgres

REASON = {"reason": "The wrong colleague was named."}


async def overview(school: School, incident: IncidentFacts, who: str = "Okafor", **rest: Any) -> Any:
    client = school.client(who, assurance=Assurance.ELEVATED, **rest)
    return await client.get(f"/incidents/{incident.incident_id}/alerts")


async def test_c9_the_dsl_team_withdraws_an_alert_with_a_reason_and_its_person_is_not_told(school: School) -> None:
    incident = await school.logged(extra_staff_ids=[school.people["Joseph"]])
    alert = await school.alert_of("Joseph", incident)
    mails = len(await school.rows("SELECT FROM mail"))
    for _ in range(2):
        assert (await school.dsl.post(f"/alerts/{alert}/withdraw", json=REASON)).status_code == 204
    joseph = school.client("Joseph")
    assert await school.open_alerts("Joseph") == []
    assert (await joseph.get(f"/alerts/{alert}")).status_code == 404
    assert len(await school.rows("SELECT FROM mail")) == mails
    withdrawn = [(e.version, event) for e, event in await school.published(incident)][1:]
    assert [(version, type(event)) for version, event in withdrawn] == [(2, AlertWithdrawn)]
    [shown] = [a for a in (await overview(school, incident)).json()["alerted"] if a["id"] == alert]
    assert shown["state"] == "withdrawn"
    assert [(r["by_id"], r["words"]) for r in shown["withdrawals"]] == [
        (str(school.people["Okafor"]), REASON["reason"])
    ]
    [row] = await school.rows("SELECT staff_id, details::text FROM audit WHERE action = 'alert:withdrawn'")
    assert row["staff_id"] == school.people["Okafor"]
    assert REASON["reason"] not in row["details"]


async def test_c9_who_may_withdraw_and_see_who_was_alerted(school: School) -> None:
    incident = await school.logged()
    alert = await school.alert_of("Boyle", incident)
    for name, assurance, status in (
        ("Chaudhry", Assurance.ELEVATED, 403),
        ("Joseph", Assurance.ELEVATED, 403),
        ("Haddad", Assurance.MFA, 403),
        ("Haddad", Assurance.ELEVATED, 204),
    ):
        client = school.client(name, assurance=assurance)
        seen = await client.get(f"/incidents/{incident.incident_id}/alerts")
        assert seen.status_code == (200 if status == 204 else status)
        assert (await client.post(f"/alerts/{alert}/withdraw", json=REASON)).status_code == status
    assert (await school.dsl.post(f"/alerts/{alert}/withdraw", json={"reason": " "})).status_code == 422


async def test_every_refusal_looks_like_every_other(school: School) -> None:
    other = await School(school.http, school.auth, school.db, school.admin_url).open()
    theirs, mine = await other.logged(), await school.logged()
    their_alert, my_alert = await other.alert_of("Boyle", theirs), await school.alert_of("Boyle", mine)
    shielded = school.client("Okafor", assurance=Assurance.ELEVATED, shields=(ROWAN,))
    answers = [
        await shielded.post(f"/alerts/{alert}/withdraw", json=REASON) for alert in (new_id(), their_alert, my_alert)
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    for incident in (theirs, mine, school.incident()):
        assert (await overview(school, incident, shields=(ROWAN,))).status_code == 404


async def test_r83_the_dsl_team_sees_who_was_alerted_and_who_has_read_it(school: School) -> None:
    incident = await school.logged(extra_staff_ids=[school.people["Joseph"]])
    await school.client("Joseph").post(f"/alerts/{await school.alert_of('Joseph', incident)}/read")
    answer = await overview(school, incident)
    states = {alert["staff_id"]: alert["state"] for alert in answer.json()["alerted"]}
    people = school.people
    assert states == {str(people["Boyle"]): "unread", str(people["Okafor"]): "unread", str(people["Joseph"]): "read"}
    [row] = await school.rows("SELECT staff_id, pupil_ids FROM audit WHERE action = 'alerts:looked-at'")
    assert (row["staff_id"], row["pupil_ids"]) == (people["Okafor"], [ROWAN])


async def test_c12_who_is_shielded_is_not_in_the_list_and_cannot_be_withdrawn(school: School) -> None:
    incident = await school.logged(extra_staff_ids=[school.people["Joseph"]])
    alert = await school.alert_of("Joseph", incident)
    await school.shield("Joseph", pupil_id=ROWAN)
    listed = (await overview(school, incident)).json()["alerted"]
    assert {a["staff_id"] for a in listed} == {str(school.people[name]) for name in ("Boyle", "Okafor")}
    assert (await school.dsl.post(f"/alerts/{alert}/withdraw", json=REASON)).status_code == 404


async def test_r88_who_is_called_back_reads_the_note_with_it(school: School) -> None:
    incident = await school.logged()
    alert = await school.alert_of("Boyle", incident)
    await school.client("Boyle").post(f"/alerts/{alert}/read")
    body = {"incident_id": str(incident.incident_id), "staff_ids": [str(school.people["Boyle"])], "note": "Again."}
    assert (await school.dsl.post("/alerts/further", json=body)).status_code == 204
    opened = (await school.client("Boyle").get(f"/alerts/{alert}")).json()
    assert [(n["by_id"], n["words"]) for n in opened["notes"]] == [(str(school.people["Okafor"]), "Again.")]
    # Nobody is told by it a second time, so nobody gets the note twice; and no mail holds it.
    await school.dsl.post("/alerts/further", json=body)
    assert len((await school.client("Boyle").get(f"/alerts/{alert}")).json()["notes"]) == 1
    assert not [row for row in await school.rows("SELECT m::text AS all FROM mail m") if "Again." in row["all"]]
