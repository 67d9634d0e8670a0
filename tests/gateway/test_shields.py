"""Who sees which shield, and of whom: by the public API."""

import pytest

from shared.contracts.words import TrustRole
from tests.gateway.conftest import House
from tests.gateway.test_break_glass import elsewhere

pytestmark = pytest.mark.postgres


async def test_c12_shields_are_seen_by_who_decides_them_and_name_no_child_that_is_hidden_from_them(
    house: House,
) -> None:
    okafor = house.people["okafor"]
    officers = [
        await (await house.add(name, trust_role=TrustRole.DATA_PROTECTION_OFFICER)).sign_in(
            "elevated", school_id=house.oakfield
        )
        for name in ("dpo", "deputy_dpo")
    ]
    dpo, other = officers
    concern = await okafor.log(about="Ife")
    found = await dpo.post("/shields/find", json={"name": "Rowan", "number": 1})
    assert [one["name"] for one in found.json()["pupils"]] == ["Rowan Adeyemi"]
    assert found.json()["incident"] == {"id": str(concern), "number": 1}
    about = [{"pupil_id": str(house.pupils["Rowan"])}, {"incident_id": str(concern)}]
    for body in about:
        raised = await dpo.post("/shields", json={"staff_id": str(okafor.id), "reason": "Aunt."} | body)
        assert raised.status_code == 201, raised.text
    seen = (await dpo.get("/shields")).json()
    assert [(one["pupil"], one["number"]) for one in seen["shields"]] == [(None, 1), ("Rowan Adeyemi", None)]
    assert seen["names"] == {str(okafor.id): "Ms Okafor"}
    assert [one["reason"] for one in seen["shields"]] == ["Aunt.", "Aunt."]

    # Where there is a data protection officer, the lead DSL sees none; and who is shielded does not see their own.
    for child in ("Rowan", "Zoe"):
        body = {"staff_id": str(other.id), "pupil_id": str(house.pupils[child]), "reason": "Parent."}
        assert (await dpo.post("/shields", json=body)).status_code == 201
    assert (await okafor.get("/shields")).json()["shields"] == []
    shielded = elsewhere(house, other)
    left = (await shielded.get("/shields")).json()["shields"]
    assert [one["incident_id"] for one in left] == [str(concern)]
    assert (await shielded.post("/shields/find", json={"name": "Rowan"})).json() == {"pupils": [], "incident": None}
    await shielded.http.aclose()
