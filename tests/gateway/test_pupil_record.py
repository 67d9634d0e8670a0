"""A child's record and the roll in two steps through the public API."""

import pytest

from shared.contracts.words import Role
from tests.gateway.conftest import CSV, ROLL, House

pytestmark = pytest.mark.postgres


async def test_r92_a_record_is_opened_and_changed_by_hand(house: House) -> None:
    senco = await (await house.add("senco", Role.SENCO)).sign_in("elevated")
    path = f"/pupils/{house.pupils['Rowan']}"
    assert (await senco.put(f"{path}/preferred-name", json={"forename": "Ro"})).status_code == 204
    raised = await senco.post(f"{path}/flags", json={"kind": "medical", "note": "Asthma."})
    assert raised.status_code == 201, raised.text
    opened = await senco.get(path, params={"identifiers": True})
    assert opened.status_code == 200, opened.text
    assert opened.json()["name"] == "Ro Adeyemi"
    assert [flag["kind"] for flag in opened.json()["flags"]] == ["medical"]
    assert (await senco.post(f"{path}/flags/{raised.json()['id']}/end", json={})).status_code == 204
    apart = await senco.post(f"{path}/names-apart", json={"reason": "Order."})
    assert apart.json()["type"].endswith("not-permitted")
    barred = await senco.put(f"{path}/contacts/{house.pupils['Ife']}/do-not-contact", json={"reason": "Order."})
    assert barred.status_code == 404
    teacher = await (await house.add("teacher", Role.TEACHER, classes=("1A",))).sign_in("elevated")
    assert (await teacher.get(path)).status_code == 404
    assert (await teacher.get(f"/pupils/{house.pupils['Ife']}")).status_code == 200


async def test_r128_a_roll_is_run_dry_mapped_and_applied(house: House) -> None:
    okafor = house.people["okafor"]
    begun = await okafor.post("/roll/imports", content=ROLL.replace("4,4B", "4,4A"), headers=CSV)
    assert begun.status_code == 201, begun.text
    path = f"/roll/imports/{begun.json()['id']}"
    report = (await okafor.get(path, params={"outcome": "changed"})).json()
    assert [(row["name"], row["changes"]) for row in report["rows"]] == [("Rowan Adeyemi", ["class_code"])]
    assert (await okafor.put(f"{path}/mapping", json={"mapping": report["mapping"]})).status_code == 200
    done = await okafor.post(f"{path}/apply", json={"leavers": True})
    assert done.json() == {"enrolled": 0, "changed": 1, "left": 0, "unchanged": 2, "refused": 0}
    child = {"forename": "Leo", "surname": "Marsh", "born": "2018-02-11", "year_group": "3"}
    assert (await okafor.post("/pupils", json=child)).status_code == 201
    xml = {"content-type": "application/xml"}
    bomb = b'<!DOCTYPE x [<!ENTITY a "b">]><CTfile/>'
    assert (await okafor.post("/roll/imports", content=bomb, headers=xml)).status_code == 422
    assert (await okafor.post("/roll/imports", json={})).status_code == 415
    large = await okafor.post("/roll/imports", content=b"x", headers={**xml, "content-length": "200000000"})
    assert large.status_code == 413
