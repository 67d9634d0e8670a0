"""A child's record through the public API."""

import pytest

from shared.contracts.words import Role
from tests.gateway.conftest import House

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
