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


async def test_r1_what_was_decided_and_who_consented_is_part_of_the_concern_by_its_number(house: House) -> None:
    okafor = house.people["okafor"]
    haddad = await (await house.add("haddad", Role.TEACHER)).sign_in()
    concern = await haddad.log()
    path = f"/incidents/{concern}"
    decided = {"kind": "share", "what": "Tell the nurse.", "alternatives": "Wait.", "reason": "It is his health."}
    for step, body, status in (
        ("decisions", {**decided, "body": "the school nurse"}, 201),
        ("consents", {"answer": "given", "of_whom": "his aunt"}, 201),
        ("actions", {"text": "The nurse sees him today.", "tell_author": True}, 201),
        ("corrections", house.concern(narrative="Rowan said it twice.") | {"reason": "Heard again."}, 200),
        ("review", {"reason": "On Friday."}, 200),
    ):
        answer = await okafor.post(f"{path}/{step}", json=body)
        assert answer.status_code == status, answer.text
    number = (await okafor.get(path)).json()["number"]
    shown = (await okafor.get(f"/incidents/by-number/{number}")).json()
    assert (shown["state"], shown["decisions"][0]["body"]) == ("under_review", "the school nurse")
    assert (shown["consents"][0]["counts"], shown["names"][str(okafor.id)]) == (True, "Ms Okafor")
    assert {piece["change"] for piece in shown["revisions"][1]["changes"]["narrative"]} == {"same", "added", "removed"}
    told = (await haddad.get(f"{path}/told-detail")).json()
    assert [action["text"] for action in told["actions"]] == ["The nurse sees him today."]
