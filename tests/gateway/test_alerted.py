"""Who is alerted to a concern, through the gateway: by hand, called back, withdrawn; and by when it must be read."""

from services.gateway.schemas.alerted import WhoWasAlerted
from services.gateway.schemas.alerts import OpenedAlert
from services.gateway.schemas.escalation import EscalationSettings
from shared.contracts.words import Role
from tests.gateway.conftest import House
from tests.gateway.test_alerts import first_alert


async def test_c9_and_r88_somebody_is_alerted_by_hand_seen_in_the_list_and_loses_it_again(house: House) -> None:
    okafor = house.people["okafor"]
    haddad = await (await house.add("haddad", Role.TEACHER)).sign_in()
    bevan = await (await house.add("bevan", Role.TEACHER)).sign_in()
    await house.alive()
    concern = await haddad.log()
    await first_alert(okafor, about=concern)
    body = {"staff_ids": [str(bevan.id)], "note": "Please watch the gate."}
    assert (await bevan.post(f"/incidents/{concern}/alerts", json=body)).status_code == 403
    assert (await okafor.post(f"/incidents/{concern}/alerts", json=body)).status_code == 204
    alert = await first_alert(bevan, about=concern)
    opened = OpenedAlert.model_validate((await bevan.get(f"/alerts/{alert['id']}")).json())
    assert [(note.by_id, note.words) for note in opened.alert.notes] == [(okafor.id, "Please watch the gate.")]
    listed = WhoWasAlerted.model_validate((await okafor.get(f"/incidents/{concern}/alerts")).json())
    assert {one.staff_id: one.state for one in listed.alerted} == {okafor.id: "unread", bevan.id: "unread"}
    assert set(listed.names) == {okafor.id, bevan.id}
    withdrawal = {"reason": "Not their class."}
    assert (await bevan.post(f"/alerts/{alert['id']}/withdraw", json=withdrawal)).status_code == 403
    assert (await okafor.post(f"/alerts/{alert['id']}/withdraw", json=withdrawal)).status_code == 204
    assert (await bevan.get(f"/alerts/{alert['id']}")).status_code == 404
    assert (await bevan.get(f"/incidents/{concern}/alerts")).status_code == 403


async def test_r89_by_when_concerns_must_be_read_is_set_by_version(house: House) -> None:
    okafor = house.people["okafor"]
    before = await okafor.get("/escalation-settings")
    assert EscalationSettings.model_validate(before.json()).version == 0
    given = {"times": [{"category_id": str(house.categories["Welfare Concern"]), "minutes": 90}]}
    etag = {"If-Match": before.headers["ETag"]}
    written = await okafor.put("/escalation-settings", json=given, headers=etag)
    assert EscalationSettings.model_validate(written.json()).times[0].minutes == 90
    assert (await okafor.put("/escalation-settings", json=given, headers=etag)).status_code == 409
