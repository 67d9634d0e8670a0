"""The audit of all services, read as one by who may read it."""

import asyncio
from datetime import datetime
from time import monotonic

from shared.contracts.words import Role, TrustRole
from tests.gateway.conftest import House


async def test_the_audits_of_the_services_are_one_in_the_order_of_time(house: House) -> None:
    okafor = house.people["okafor"]
    await (await (await house.add("walsh", Role.TEACHING_ASSISTANT)).sign_in()).log()
    pages, cursor = [], ""
    while cursor is not None:
        page = (await okafor.get("/audit", params={"limit": 4, **({"cursor": cursor} if cursor else {})})).json()
        pages.append(page)
        cursor = page["next"]
        assert len(pages) < 50
    rows = [row for page in pages for row in page["rows"]]
    times = [(datetime.fromisoformat(row["at"]), row["id"]) for row in rows if row["action"] != "audit:read"]
    assert times == sorted(times, reverse=True)
    assert len({row["id"] for row in rows}) == len(rows)
    assert {row["service"] for row in rows} >= {"auth", "incident"}
    assert "incident:logged" in {row["action"] for row in rows} or "incident:log" in {row["action"] for row in rows}
    assert pages[0]["names"][str(okafor.id)] == "Ms Okafor"


async def test_it_is_narrowed_down_and_reading_it_is_in_it(house: House) -> None:
    okafor, rowan = house.people["okafor"], str(house.pupils["Rowan"])
    walsh = await (await house.add("walsh", Role.TEACHING_ASSISTANT)).sign_in()
    await walsh.log()
    about = (await okafor.get("/audit", params={"pupil_id": rowan, "staff_id": str(walsh.id)})).json()["rows"]
    assert about
    assert {row["staff_id"] for row in about} == {str(walsh.id)}
    assert all(rowan in row["pupil_ids"] for row in about)
    reads = (await okafor.get("/audit", params={"kind": "audit"})).json()["rows"]
    assert {row["action"] for row in reads} == {"audit:read"}
    assert any(rowan in row["pupil_ids"] for row in reads)
    assert (await okafor.get("/audit", params={"since": "2999-01-01T00:00:00Z"})).json()["rows"] == []
    assert (await okafor.get("/audit", params={"cursor": "nonsense"})).status_code == 422


async def test_only_the_lead_dsl_and_the_dpo_read_it_and_each_their_own_school(house: House) -> None:
    haddad = await (await house.add("haddad", Role.DEPUTY_DSL)).sign_in("elevated")
    assert (await haddad.get("/audit")).status_code == 403
    plain = await (await house.add("lang", Role.LEAD_DSL)).sign_in()
    assert (await plain.get("/audit")).json()["type"].endswith("/elevation-required")
    other = await house.add("quinn", Role.LEAD_DSL, school_id=house.harbour)
    seen = (await (await other.sign_in("elevated")).get("/audit")).json()["rows"]
    assert {row["staff_id"] for row in seen} <= {str(other.id), None}
    dpo = await house.add("ruiz", trust_role=TrustRole.DATA_PROTECTION_OFFICER)
    assert (await (await dpo.sign_in("elevated")).get("/audit")).status_code == 200


async def test_it_says_up_to_where_it_is_sealed_and_what_cannot_be_shown(house: House) -> None:
    okafor = house.people["okafor"]
    await house.work("incident", only="sealer")
    until = monotonic() + 20
    while True:
        sealed = {one["service"]: one for one in (await okafor.get("/audit")).json()["sealed"]}
        if sealed["incident"]["rows"]:
            break
        assert monotonic() < until
        await asyncio.sleep(0.1)
    assert sealed["auth"]["at"] is None
