"""Two people at one incident: whoever comes second is shown what came first, and nothing they may not read."""

from uuid import UUID

import asyncpg
import pytest

from shared.contracts.words import Role
from tests.conftest import Cluster
from tests.incident.conftest import School
from tests.incident.test_decisions import GIVEN, NOT_YET
from tests.incident.test_owed_actions import finish, give
from tests.incident.test_reading import ELEVATED, ORDINARY, PROTECTION

pytestmark = pytest.mark.postgres


async def test_c1_who_comes_second_is_shown_what_came_first_and_only_that(
    school: School, empty_cluster: Cluster
) -> None:
    author, dsl, late = school.someone(Role.TEACHER), school.dsl, school.dsl
    incident_id = await school.log(author)
    path = f"/incidents/{incident_id}"
    old = await give(school, incident_id, dsl, by=dsl)
    read = (await late.get(path)).headers["etag"]
    await finish(dsl, incident_id, old)
    for step, body in (
        ("actions", {"text": "Rang home."}),
        ("decisions", NOT_YET),
        ("consents", GIVEN),
        ("corrections", school.concern(narrative="He said it twice.") | {"reason": "Heard again."}),
        ("review", {"reason": "On Friday."}),
    ):
        answer = await dsl.post(f"{path}/{step}", json=body)
        assert answer.status_code in {200, 201}, answer.text
    await author.post(f"{path}/addenda", json={"text": "And he had no coat."})
    mine = school.concern(narrative="Mine.") | {"reason": "x"}
    refused = await late.post(f"{path}/corrections", json=mine, headers={"If-Match": read})
    assert (refused.status_code, refused.json()["version"]) == (409, 9)
    since = refused.json()["since"]
    assert since["state"] == "under_review"
    assert [revision["narrative"] for revision in since["revisions"]] == ["He said it twice."]
    assert [action["text"] for action in since["actions"]] == ["Ring his aunt back.", "Rang home."]
    assert since["actions"][0]["done"]["note"] == "Spoke to her at 15:10."
    assert [addendum["text"] for addendum in since["addenda"]] == ["And he had no coat."]
    assert [step["step"] for step in since["steps"]] == ["under_review"]
    assert [len(since[what]) for what in ("decisions", "consents")] == [1, 1]
    newer = await late.post(f"{path}/close", json={"reason": "x"}, headers={"If-Match": '"8"'})
    assert {name: len(found) for name, found in newer.json()["since"].items() if found and name != "state"} == {
        "addenda": 1
    }
    connection = await asyncpg.connect(empty_cluster.admin("incident"))
    rows = await connection.fetch(
        "SELECT pupil_ids FROM audit WHERE action = 'incident:read' AND details ? 'since' AND staff_id = $1",
        late.staff.staff_id,
    )
    await connection.close()
    assert [row["pupil_ids"] for row in rows] == [[school.rowan]] * 2


async def test_r29_what_came_first_is_not_shown_to_one_who_may_no_longer_read_it(school: School) -> None:
    incident_id = await school.log(school.someone(Role.TEACHER), of=ORDINARY)
    senco, path = school.someone(Role.SENCO, assurance=ELEVATED), f"/incidents/{incident_id}"
    read = (await senco.get(path)).headers["etag"]
    raised = school.concern(of=PROTECTION, narrative="A disclosure.") | {"reason": "It is one."}
    assert (await school.dsl.post(f"{path}/corrections", json=raised)).status_code == 200
    refused = await senco.post(f"{path}/close", json={"reason": "x"}, headers={"If-Match": read})
    assert (refused.status_code, "disclosure" in refused.text) == (404, False)


@pytest.mark.parametrize("step", ["actions", "decisions", "consents", "corrections", "review", "close"])
async def test_r87_whatever_is_added_says_what_came_first(school: School, step: str) -> None:
    incident_id: UUID = await school.log(school.someone(Role.TEACHER))
    bodies = {
        "actions": {"text": "Mine."},
        "decisions": NOT_YET,
        "consents": GIVEN,
        "corrections": school.concern() | {"reason": "x"},
    }
    dsl, path = school.dsl, f"/incidents/{incident_id}"
    await dsl.post(f"{path}/actions", json={"text": "First."})
    body = bodies.get(step, {"reason": "x"})
    refused = await dsl.post(f"{path}/{step}", json=body, headers={"If-Match": '"1"'})
    assert refused.status_code == 409
    assert [action["text"] for action in refused.json()["since"]["actions"]] == ["First."]
    assert (await dsl.post(f"{path}/{step}", json=body, headers={"If-Match": '"2"'})).status_code in {200, 201}
