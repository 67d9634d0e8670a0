"""Whoever is writing sees who will be told and why, before anybody is (R67 to R72, R76)."""

import asyncio
from time import monotonic
from uuid import UUID

from shared.contracts.words import Role
from tests.gateway.conftest import House, Person, key


async def foreseen(person: Person, **outline: object) -> list[tuple[str, list[str]]]:
    answer = await person.post("/incidents/recipients", json=outline)
    assert answer.status_code == 200, answer.text
    names = answer.json()["names"]
    return [(names[one["staff_id"]], one["why"]) for one in answer.json()["told"]]


async def test_r76_a_writer_sees_who_will_be_told_and_that_is_who_is_told(house: House) -> None:
    okafor, welfare = house.people["okafor"], str(house.categories["Welfare Concern"])
    walsh = await (await house.add("walsh", Role.TEACHING_ASSISTANT)).sign_in("mfa")
    await house.add("boyle", Role.HEAD)
    marsh = await house.add("marsh", Role.TEACHER, classes=("4B",))
    haddad = await house.add("haddad", Role.SUPPORT)
    await house.alive()
    rule = {"name": "Class teachers of the middle school", "category_ids": [welfare], "class_teachers": True}
    assert (await okafor.put("/alert-rules", json={"rules": [rule]})).status_code == 200
    rowan = {"pupil_id": str(house.pupils["Rowan"]), "part": "subject"}
    always = [("Ms Okafor", ["lead_dsl"]), ("Ms Boyle", ["head"])]
    assert await foreseen(walsh) == always
    assert await foreseen(walsh, category_ids=[welfare], pupils=[rowan]) == [
        *always,
        ("Ms Marsh", ["class_teacher"]),
    ]
    chosen = {"category_ids": [welfare], "pupils": [rowan], "extra_staff_ids": [str(haddad.id)]}
    expected = await foreseen(walsh, **chosen)
    assert expected == [*always, ("Ms Marsh", ["class_teacher"]), ("Ms Haddad", ["chosen_person"])]
    # What was foreseen is what happens: the same people, and the first of them is named to the writer.
    logged = await walsh.post("/incidents", json=house.concern(extra_staff_ids=[str(haddad.id)]), headers=key())
    told = await until_told(walsh, logged.json()["id"])
    assert told["told"] == len(expected)
    assert told["names"] == {str(okafor.id): "Ms Okafor"}
    assert str(marsh.id) not in str(told)


async def test_c12_who_is_shielded_is_absent_and_nothing_says_so(house: House) -> None:
    walsh = await (await house.add("walsh", Role.TEACHING_ASSISTANT)).sign_in("mfa")
    boyle = await (await house.add("boyle", Role.HEAD)).sign_in("elevated")
    await house.add("haddad", Role.DEPUTY_DSL)
    await house.alive()
    shield = {"staff_id": str(house.people["okafor"].id), "pupil_id": str(house.pupils["Rowan"]), "reason": "Parent."}
    assert (await boyle.post("/shields", json=shield)).status_code == 201
    rowan = {"pupils": [{"pupil_id": str(house.pupils["Rowan"]), "part": "subject"}]}
    told, until = await foreseen(walsh, **rowan), monotonic() + 20
    while ("Ms Okafor", ["lead_dsl"]) in told:
        assert monotonic() < until
        await asyncio.sleep(0.05)
        told = await foreseen(walsh, **rowan)
    assert told == [("Ms Haddad", ["stand_in"]), ("Ms Boyle", ["head"])]


async def until_told(person: Person, incident_id: UUID | str) -> dict[str, object]:
    until = monotonic() + 20
    while True:
        assert monotonic() < until
        answer = await person.get(f"/incidents/{incident_id}/told")
        if answer.status_code == 200 and answer.json()["told"]:
            found: dict[str, object] = answer.json()
            return found
        await asyncio.sleep(0.05)
