"""Actions, addenda, corrections, closing: by whom, in order, and never over what somebody else has just saved."""

import asyncio

import asyncpg
import pytest

from shared.contracts.words import Assurance, Role
from tests.conftest import Cluster
from tests.incident.conftest import School
from tests.incident.test_reading import ELEVATED, ORDINARY, PROTECTION, alert

pytestmark = pytest.mark.postgres


async def test_r57_who_was_alerted_adds_an_action_and_others_do_not(school: School) -> None:
    okafor = school.someone(Role.TEACHING_ASSISTANT)
    incident_id = await school.log(okafor, of=PROTECTION)
    path, action = f"/incidents/{incident_id}/actions", {"text": "Rang home at 13:10."}
    brennan = school.someone(Role.SUPPORT)
    assert (await brennan.post(path, json=action)).status_code == 404
    assert (await okafor.post(path, json=action)).status_code == 403
    await alert(school, brennan, incident_id)
    assert (await brennan.post(path, json=action)).status_code == 201
    assert (await school.dsl.post(path, json=action)).status_code == 201
    plain = school.someone(Role.LEAD_DSL)
    answer = await plain.post(path, json=action)
    assert answer.json()["type"].endswith("/elevation-required")


async def test_a_class_teachers_reach_is_reading(school: School) -> None:
    incident_id = await school.log(school.someone(Role.SUPPORT), of=ORDINARY)
    teacher = school.someone(Role.TEACHER, classes=("4B",), assurance=ELEVATED)
    assert (await teacher.get(f"/incidents/{incident_id}")).status_code == 200
    answer = await teacher.post(f"/incidents/{incident_id}/actions", json={"text": "Spoke to him."})
    assert answer.status_code == 403
    assert "alerted" in answer.json()["detail"]


async def test_r58_c8_an_action_is_for_this_child_some_or_all(school: School) -> None:
    aisha = school.pupils["Aisha Khan 3A"]
    both = [{"pupil_id": str(school.rowan)}, {"pupil_id": str(aisha), "part": "harmed"}]
    incident_id = await school.log(school.someone(Role.TEACHER), pupils=both)
    dsl, path = school.dsl, f"/incidents/{incident_id}/actions"
    await dsl.post(path, json={"text": "For both."})
    await dsl.post(path, json={"text": "For Aisha.", "pupil_ids": [str(aisha)]})
    wrong = await dsl.post(path, json={"text": "x", "pupil_ids": [str(school.pupils["Ife Adeyemi 1A"])]})
    assert wrong.json()["errors"][0]["path"] == "pupil_ids.0"
    actions = (await dsl.get(f"/incidents/{incident_id}")).json()["actions"]
    assert {a["text"]: set(a["pupil_ids"]) for a in actions} == {
        "For both.": {str(school.rowan), str(aisha)},
        "For Aisha.": {str(aisha)},
    }


async def test_c1_the_author_adds_to_their_words_with_a_password_and_nobody_else_does(school: School) -> None:
    okafor = school.someone(Role.TEACHING_ASSISTANT, assurance=Assurance.PASSWORD)
    incident_id = await school.log(okafor)
    path, more = f"/incidents/{incident_id}/addenda", {"text": "The dog was locked out too."}
    assert (await okafor.post(path, json=more)).status_code == 201
    assert (await school.dsl.post(path, json=more)).status_code == 403
    assert (await school.someone(Role.TEACHER).post(path, json=more)).status_code == 404
    whole = (await school.dsl.get(f"/incidents/{incident_id}")).json()
    assert [a["text"] for a in whole["addenda"]] == [more["text"]]


async def test_nobody_saves_over_what_they_have_not_read(school: School) -> None:
    incident_id = await school.log(school.someone(Role.TEACHER))
    dsl = school.dsl
    read = (await dsl.get(f"/incidents/{incident_id}")).headers["etag"]
    first = await dsl.post(f"/incidents/{incident_id}/actions", json={"text": "One."}, headers={"If-Match": read})
    second = await dsl.post(f"/incidents/{incident_id}/close", json={"reason": "Done."}, headers={"If-Match": read})
    assert first.status_code == 201
    assert second.status_code == 409
    again = await dsl.post(
        f"/incidents/{incident_id}/close", json={"reason": "Done."}, headers={"If-Match": first.headers["etag"]}
    )
    assert again.json()["state"] == "closed"
    nonsense = await dsl.post(f"/incidents/{incident_id}/close", json={"reason": "x"}, headers={"If-Match": '"a"'})
    assert nonsense.status_code == 422


async def test_r61_closing_needs_a_reason_is_done_once_and_can_be_undone(school: School) -> None:
    incident_id = await school.log(school.someone(Role.TEACHER), of=ORDINARY)
    pastoral = school.someone(Role.PASTORAL, assurance=ELEVATED)
    path = f"/incidents/{incident_id}"
    assert (await pastoral.post(f"{path}/close", json={"reason": "  "})).status_code == 422
    assert (await pastoral.post(f"{path}/close", json={"reason": "Sorted."})).status_code == 200
    assert (await pastoral.post(f"{path}/close", json={"reason": "Sorted."})).status_code == 409
    assert (await pastoral.post(f"{path}/reopen", json={"reason": "It is not."})).json()["state"] == "open"
    steps = (await pastoral.get(path)).json()["steps"]
    assert [step["step"] for step in steps] == ["closed", "reopened"]
    assert (await school.someone(Role.TEACHER).post(f"{path}/close", json={"reason": "x"})).status_code == 403


async def test_a_correction_needs_a_reason_and_counts_at_once(school: School) -> None:
    incident_id = await school.log(school.someone(Role.TEACHER), of=ORDINARY)
    senco = school.someone(Role.SENCO, assurance=ELEVATED)
    assert (await senco.get(f"/incidents/{incident_id}")).status_code == 200
    path = f"/incidents/{incident_id}/corrections"
    body = school.concern(of=PROTECTION) | {"reason": "It is a disclosure."}
    assert (await senco.post(path, json=body)).status_code == 403
    assert (await school.dsl.post(path, json=body | {"reason": " "})).status_code == 422
    assert (await school.dsl.post(path, json=body)).status_code == 200
    assert (await senco.get(f"/incidents/{incident_id}")).status_code == 404


async def test_what_happens_at_once_to_one_incident_leaves_in_the_order_of_its_versions(
    school: School, empty_cluster: Cluster
) -> None:
    incident_id = await school.log(school.someone(Role.TEACHER))
    dsl = school.dsl
    tries = [dsl.post(f"/incidents/{incident_id}/actions", json={"text": f"{n}"}) for n in range(12)]
    assert {answer.status_code for answer in await asyncio.gather(*tries)} == {201}
    connection = await asyncpg.connect(empty_cluster.admin("incident"))
    rows = await connection.fetch("SELECT headers::text FROM outbox WHERE key = $1 ORDER BY seq", incident_id)
    await connection.close()
    versions = [int(row["headers"].partition('["ce_heedversion", "')[2].partition('"')[0]) for row in rows]
    assert versions == list(range(1, 14))
