"""A child found and read through the gateway, as its description says; nothing typed stands in an address."""

from services.gateway.schemas.finding import Chronology, FoundPupils
from shared.contracts.words import Role
from tests.gateway.conftest import House


async def test_r92_r6_a_child_is_found_and_their_chronology_read_with_the_names_of_staff(house: House) -> None:
    okafor = house.people["okafor"]
    haddad = await (await house.add("haddad", Role.TEACHER)).sign_in()
    concern = await haddad.log(time_known="date_only")
    found = await okafor.post("/pupils/find", json={"name": "Roan"})
    assert [one.name for one in FoundPupils.model_validate_json(found.content).pupils] == ["Rowan Adeyemi"]
    path = f"/pupils/{found.json()['pupils'][0]['id']}/chronology"
    category = [(await okafor.get("/categories")).json()["categories"][0]["id"], str(concern)]
    none_of_it = await okafor.get(path, params={"category": category, "since": "2020-01-01T00:00:00+00:00"})
    assert Chronology.model_validate_json(none_of_it.content).count == 0
    page = await okafor.get(path)
    shown = Chronology.model_validate_json(page.content)
    assert [(entry.id, entry.time_known) for entry in shown.entries] == [(concern, "date_only")]
    assert shown.names[haddad.id] == "Ms Haddad"
