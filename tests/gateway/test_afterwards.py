"""What follows a concern, through the gateway, with the names of those who are mentioned."""

from datetime import UTC, datetime, timedelta

from shared.contracts.words import Role
from tests.gateway.conftest import House


async def test_r60_a_promise_is_given_listed_by_name_and_done(house: House) -> None:
    okafor = house.people["okafor"]
    haddad = await (await house.add("haddad", Role.TEACHER)).sign_in()
    concern = await haddad.log()
    promise = {
        "text": "Ring his aunt back.",
        "owner_id": str(haddad.id),
        "due_at": (datetime.now(UTC) + timedelta(hours=2)).isoformat(),
        "promise": True,
    }
    given = await okafor.post(f"/incidents/{concern}/actions", json=promise)
    assert given.status_code == 201, given.text
    mine = (await haddad.get("/actions/mine")).json()
    assert [(action["text"], action["promise"]) for action in mine["actions"]] == [("Ring his aunt back.", True)]
    assert mine["names"] == {str(haddad.id): "Ms Haddad", str(okafor.id): "Ms Okafor"}
    assert (await haddad.get("/actions")).status_code == 403
    assert len((await okafor.get("/actions")).json()["actions"]) == 1
    done = await haddad.post(
        f"/incidents/{concern}/actions/{given.json()['id']}/done", json={"note": "Spoke to her at three."}
    )
    assert done.status_code == 200, done.text
    assert (await okafor.get("/actions")).json()["actions"] == []
    (shown,) = (await okafor.get(f"/incidents/{concern}")).json()["actions"]
    assert shown["done"]["note"] == "Spoke to her at three."
