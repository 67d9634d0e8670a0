"""Break-glass through the gateway: refused, opened, read, told by mail, reviewed; and nothing of another child."""

from dataclasses import replace
from uuid import UUID

import asyncpg
import pytest

from shared.contracts.words import Role, TrustRole
from shared.ids import new_id
from tests.conftest import Cluster
from tests.gateway.conftest import House, Person, browser, gateway_of

pytestmark = pytest.mark.postgres
PROTECTION = "Child Protection Incident"
WHY = "The police ask where he may be staying."


def opening(pupil_id: UUID) -> dict[str, object]:
    return {"json": {"pupil_id": str(pupil_id), "reason": "child_missing", "words": WHY}}


def elsewhere(house: House, person: Person) -> Person:
    """The same session at a gateway that has asked auth nothing yet."""
    other = replace(person, http=browser(gateway_of(house.peers).api))
    other.http.cookies = person.http.cookies
    return other


async def test_a_senco_reads_one_child_behind_glass_while_others_are_told_and_review(
    house: House, empty_cluster: Cluster
) -> None:
    okafor = house.people["okafor"]
    writer = await (await house.add("writer", Role.SUPPORT)).sign_in("password")
    nowak = await (await house.add("nowak", Role.SENCO)).sign_in("elevated")
    rowan, ife = house.pupils["Rowan"], house.pupils["Ife"]
    hidden = await writer.log(of=PROTECTION)
    other = await writer.log(of=PROTECTION, about="Ife")
    assert (await nowak.get(f"/incidents/{hidden}")).status_code == 404
    nobody = [await nowak.post("/break-glass", **opening(new_id()))]
    assert nobody[0].status_code == 404
    opened = await nowak.post("/break-glass", **opening(rowan))
    assert opened.status_code == 201, opened.text
    glass = opened.json()["id"]
    assert (await nowak.get("/me")).json()["break_glass"]["pupil_id"] == str(rowan)
    read = await nowak.get(f"/incidents/{hidden}")
    assert (read.json()["view"], read.json()["break_glass"]) == ("whole", True)
    assert (await nowak.get(f"/pupils/{rowan}/chronology")).json()["count"] == 1
    assert (await nowak.get(f"/incidents/{other}")).status_code == 404
    assert (await nowak.get(f"/pupils/{ife}/chronology")).json()["count"] == 0
    written = await nowak.post(f"/incidents/{hidden}/actions", json={"text": "Rang home."})
    assert written.status_code == 403
    listed = (await okafor.get("/break-glass")).json()
    (line,) = listed["break_glass"]
    assert (line["id"], line["runs"], line["words"]) == (glass, True, WHY)
    assert listed["names"][line["staff_id"]] == "Ms Nowak"
    # The lead ends it, and it is over at the next request, wherever that is asked.
    ended = await okafor.post(f"/break-glass/{glass}/end")
    assert ended.status_code == 200, ended.text
    after = elsewhere(house, nowak)
    assert (await after.get(f"/incidents/{hidden}")).status_code == 404
    assert (await after.get("/me")).json()["break_glass"] is None
    assert (await after.post("/break-glass", **opening(rowan))).status_code == 409
    looks = (await okafor.get(f"/pupils/{rowan}/looked-at")).json()["looks"]
    behind = {look["action"] for look in looks if look["break_glass_id"] == glass}
    assert {"incident:read", "pupil:chronology_read"} <= behind
    found = {"verdict": "needed", "words": "Rang the police back."}
    reviewed = await okafor.post(f"/break-glass/{glass}/review", json=found)
    assert (reviewed.status_code, reviewed.json()["review"]) == (200, found["words"])
    assert (await after.post("/break-glass", **opening(rowan))).status_code == 201
    await after.http.aclose()
    connection = await asyncpg.connect(empty_cluster.admin("auth"))
    mails = await connection.fetch("SELECT staff_id, link FROM mail WHERE kind = 'break-glass'")
    await connection.close()
    assert {row["staff_id"] for row in mails} == {okafor.id}
    assert {row["link"] for row in mails} == {"/"}


async def test_c12_a_shield_holds_against_break_glass_as_if_the_child_were_not_there(house: House) -> None:
    dpo = await (await house.add("dpo", trust_role=TrustRole.DATA_PROTECTION_OFFICER)).sign_in(
        "elevated", school_id=house.oakfield
    )
    nowak = await (await house.add("nowak", Role.SENCO)).sign_in("elevated")
    rowan = house.pupils["Rowan"]
    body = {"staff_id": str(nowak.id), "pupil_id": str(rowan), "reason": "Parent."}
    assert (await dpo.post("/shields", json=body)).status_code == 201
    shielded = elsewhere(house, nowak)
    refused, unknown = [await shielded.post("/break-glass", **opening(one)) for one in (rowan, new_id())]
    assert (refused.status_code, refused.content) == (unknown.status_code, unknown.content)
    assert (await shielded.get("/break-glass/pupils", params={"starts": "row"})).json() == {"pupils": []}
    assert (await dpo.get("/break-glass")).json()["break_glass"] == []
    await shielded.http.aclose()


async def test_the_trusts_safeguarding_lead_names_a_child_and_reads_behind_glass_alone(house: House) -> None:
    writer = await (await house.add("writer", Role.SUPPORT)).sign_in("password")
    hidden = await writer.log(of=PROTECTION)
    vale = await (await house.add("vale", trust_role=TrustRole.TRUST_SAFEGUARDING_LEAD)).sign_in(
        "elevated", school_id=house.oakfield
    )
    rowan = house.pupils["Rowan"]
    assert (await vale.get("/pupils", params={"starts": "row"})).status_code == 403
    (named,) = (await vale.get("/break-glass/pupils", params={"starts": "row"})).json()["pupils"]
    assert named["id"] == str(rowan)
    assert (await vale.get(f"/pupils/{rowan}/chronology")).status_code == 404
    assert (await vale.post("/break-glass", **opening(rowan))).status_code == 201
    assert (await vale.get(f"/pupils/{rowan}/chronology")).json()["break_glass"] is True
    assert (await vale.get(f"/incidents/{hidden}")).json()["view"] == "whole"
