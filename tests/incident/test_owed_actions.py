"""Actions that are somebody's to do: by whom, until when, done with a note, and in whose lists."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.incident.domain import Owed, owed_faults
from shared.contracts.words import Assurance, Role
from shared.ids import new_id
from tests.conftest import Cluster
from tests.incident.conftest import School
from tests.incident.test_reading import ELEVATED, ORDINARY, PROTECTION, alert
from tests.issuer import Client

pytestmark = pytest.mark.postgres


def by_tomorrow(owner: Client, **more: Any) -> dict[str, Any]:
    due = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    return {"text": "Ring his aunt back.", "owner_id": str(owner.staff.staff_id), "due_at": due, **more}


async def give(school: School, incident_id: UUID, owner: Client, *, by: Client | None = None, **more: Any) -> UUID:
    given = await (by or school.dsl).post(f"/incidents/{incident_id}/actions", json=by_tomorrow(owner, **more))
    assert given.status_code == 201, given.text
    return UUID(given.json()["id"])


async def finish(who: Client, incident_id: UUID, action_id: UUID, **more: Any) -> tuple[int, dict[str, Any]]:
    path = f"/incidents/{incident_id}/actions/{action_id}/done"
    answer = await who.post(path, json={"note": "Spoke to her at 15:10."}, **more)
    return answer.status_code, answer.json()


async def listed(who: Client, path: str = "/actions/mine", **params: Any) -> list[str]:
    answer = await who.get(path, params=params)
    assert answer.status_code == 200, answer.text
    return [action["id"] for action in answer.json()["actions"]]


def test_r60_a_promise_wants_somebody_and_a_time() -> None:
    now = datetime.now(UTC)
    assert [field for field, _ in owed_faults(Owed(promise=True), now)] == ["owner_id", "due_at"]
    assert [field for field, _ in owed_faults(Owed(new_id(), now - timedelta(hours=1)), now)] == ["due_at"]
    assert [*owed_faults(Owed(new_id(), now + timedelta(hours=1), promise=True), now)] == []
    assert [*owed_faults(Owed(), now)] == []


async def test_r60_a_promised_contact_is_owed_until_it_is_done_and_its_event_says_so(
    school: School, empty_cluster: Cluster
) -> None:
    okafor = school.someone(Role.TEACHER)
    incident_id = await school.log(okafor)
    await alert(school, okafor, incident_id)
    vague = await school.dsl.post(f"/incidents/{incident_id}/actions", json={"text": "x", "promise": True})
    assert [error["path"] for error in vague.json()["errors"]] == ["owner_id", "due_at"]
    action_id = await give(school, incident_id, okafor, promise=True)
    assert await listed(okafor) == [str(action_id)]
    assert (await finish(okafor, incident_id, action_id))[0] == 200
    assert await listed(okafor) == []
    assert await listed(okafor, open=False) == [str(action_id)]
    (shown,) = (await school.dsl.get(f"/incidents/{incident_id}")).json()["actions"]
    assert (shown["promise"], shown["owner_id"]) == (True, str(okafor.staff.staff_id))
    assert (shown["done"]["note"], shown["done"]["by_id"]) == ("Spoke to her at 15:10.", str(okafor.staff.staff_id))
    connection = await asyncpg.connect(empty_cluster.admin("incident"))
    told = [row["body"] for row in await connection.fetch("SELECT body FROM outbox ORDER BY seq DESC LIMIT 2")]
    await connection.close()
    assert str(action_id) in told[0]
    assert '"promise":true' in told[1].replace(" ", "")
    assert all("aunt" not in body and "15:10" not in body for body in told)


async def test_r84_done_wants_a_note_and_is_said_once(school: School) -> None:
    dsl = school.dsl
    incident_id = await school.log(school.someone(Role.TEACHER))
    action_id = await give(school, incident_id, dsl, by=dsl)
    path = f"/incidents/{incident_id}/actions/{action_id}/done"
    assert (await dsl.post(path, json={"note": "  "})).json()["errors"][0]["path"] == "note"
    stale = await dsl.post(path, json={"note": "Done."}, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["version"]) == (409, 2)
    first = await dsl.post(path, json={"note": "Done."}, headers={"If-Match": '"2"'})
    assert (first.status_code, first.headers["etag"]) == (200, '"3"')
    assert (await dsl.post(path, json={"note": "Done again."})).status_code == 409
    done_already = await dsl.post(f"/incidents/{incident_id}/actions", json={"text": "Rang home."})
    assert (await finish(dsl, incident_id, UUID(done_already.json()["id"])))[0] == 409


async def test_r57_an_action_is_given_to_who_knows_of_the_incident_and_to_nobody_else(school: School) -> None:
    author, told, stranger = (school.someone(Role.TEACHER) for _ in range(3))
    incident_id = await school.log(author, of=PROTECTION)
    await alert(school, told, incident_id)
    refused = await school.dsl.post(f"/incidents/{incident_id}/actions", json=by_tomorrow(stranger))
    assert (refused.status_code, refused.json()["errors"][0]["path"]) == (422, "owner_id")
    for owner in (author, told):
        await give(school, incident_id, owner)
    await alert(school, told, incident_id, version=2, withdrawn=True)
    again = await school.dsl.post(f"/incidents/{incident_id}/actions", json=by_tomorrow(told))
    assert again.status_code == 422


async def test_r87_done_by_its_owner_or_by_role_and_by_nobody_who_only_reads(school: School) -> None:
    owner, reader = school.someone(Role.SUPPORT), school.someone(Role.TEACHING_ASSISTANT)
    senco = school.someone(Role.SENCO, assurance=ELEVATED)
    author = school.someone(Role.TEACHER)
    incident_id = await school.log(author, of=PROTECTION)
    for one in (owner, reader):
        await alert(school, one, incident_id)
    action_id = await give(school, incident_id, owner)
    assert (await finish(reader, incident_id, action_id))[0] == 403
    assert (await finish(author, incident_id, action_id))[0] == 403
    # Above a SENCo's ceiling it looks like what does not exist.
    assert (await finish(senco, incident_id, action_id))[0] == (await finish(senco, new_id(), action_id))[0] == 404
    plain = school.client(school.someone(Role.LEAD_DSL).staff)
    assert (await finish(plain, incident_id, action_id))[1]["type"].endswith("/elevation-required")
    assert (await finish(school.dsl, incident_id, new_id()))[0] == 404
    other = await school.log(author)
    assert (await finish(school.dsl, other, action_id))[0] == 404
    assert (await finish(owner, incident_id, action_id))[0] == 200


async def test_r28_an_author_who_was_given_an_action_reads_that_and_nothing_else_of_what_followed(
    school: School,
) -> None:
    author = school.someone(Role.TEACHING_ASSISTANT)
    incident_id = await school.log(author)
    mine = await give(school, incident_id, author)
    dsl = school.dsl
    await give(school, incident_id, dsl, by=dsl, text="Speak to social care.")
    assert await listed(author) == [str(mine)]
    done = await author.post(f"/incidents/{incident_id}/actions/{mine}/done", json={"note": "Rang."})
    assert done.status_code == 200
    # How often it changed meanwhile is not theirs to know.
    assert "etag" not in done.headers
    assert "social care" not in (await author.get(f"/incidents/{incident_id}")).text


async def test_c12_a_shield_takes_the_action_away_from_its_owner(school: School) -> None:
    author = school.someone(Role.TEACHER)
    incident_id = await school.log(author)
    action_id = await give(school, incident_id, author)
    shielded = school.someone(Role.TEACHER, staff_id=author.staff.staff_id, shields=(school.rowan,))
    assert await listed(shielded) == []
    assert (await finish(shielded, incident_id, action_id))[0] == 403
    assert (await finish(author, incident_id, action_id))[0] == 200


async def test_r28_an_alert_withdrawn_takes_the_action_from_the_list_and_it_stays_open_for_the_dsl(
    school: School,
) -> None:
    owner = school.someone(Role.SUPPORT)
    incident_id = await school.log(school.someone(Role.TEACHER))
    await alert(school, owner, incident_id)
    action_id = await give(school, incident_id, owner)
    await alert(school, owner, incident_id, version=2, withdrawn=True)
    assert await listed(owner) == []
    assert (await finish(owner, incident_id, action_id))[0] == 404
    assert await listed(school.dsl, "/actions") == [str(action_id)]


async def test_r29_the_schools_open_actions_are_the_dsl_teams_and_no_more_than_they_may_read(school: School) -> None:
    dsl = school.dsl
    low = await school.log(school.someone(Role.TEACHER), of=ORDINARY)
    high = await school.log(school.someone(Role.TEACHER), of=PROTECTION)
    later = await give(school, low, dsl, by=dsl, due_at=(datetime.now(UTC) + timedelta(days=3)).isoformat())
    soon = await give(school, high, dsl, by=dsl)
    whenever = await give(school, high, dsl, by=dsl, due_at=None)
    await dsl.post(f"/incidents/{high}/actions", json={"text": "Done already."})
    ids = [str(soon), str(later), str(whenever)]
    assert await listed(dsl, "/actions") == ids
    first = (await dsl.get("/actions", params={"limit": 2})).json()
    assert [action["id"] for action in first["actions"]] == ids[:2]
    assert first["actions"][0]["pupils"] == ["Rowan Adeyemi"]
    assert await listed(dsl, "/actions", cursor=first["next"]) == ids[2:]
    await finish(dsl, high, soon)
    assert await listed(dsl, "/actions") == ids[1:]
    for role in set(Role) - {Role.HEAD, Role.LEAD_DSL, Role.DEPUTY_DSL, Role.UNKNOWN}:
        assert (await school.someone(role, assurance=ELEVATED).get("/actions")).status_code == 403
    assert (await school.someone(Role.HEAD).get("/actions")).json()["type"].endswith("/elevation-required")
    assert (await school.someone(Role.HEAD, assurance=Assurance.PASSWORD).get("/actions/mine")).status_code == 403
    shielded = school.someone(Role.LEAD_DSL, assurance=ELEVATED, shields=(low,))
    assert await listed(shielded, "/actions") == [ids[2]]


async def test_looking_at_a_list_of_actions_is_on_the_audit(school: School, empty_cluster: Cluster) -> None:
    dsl = school.dsl
    incident_id = await school.log(school.someone(Role.TEACHER))
    action_id = await give(school, incident_id, dsl, by=dsl)
    await listed(dsl)
    await finish(dsl, incident_id, action_id)
    connection = await asyncpg.connect(empty_cluster.admin("incident"))
    rows = await connection.fetch("SELECT action, pupil_ids FROM audit WHERE staff_id = $1", dsl.staff.staff_id)
    await connection.close()
    seen = {row["action"]: row["pupil_ids"] for row in rows}
    assert seen["action:listed"] == seen["action:done"] == seen["action:added"] == [school.rowan]
