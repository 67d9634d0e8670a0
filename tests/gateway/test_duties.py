"""Duties and the author's notice through the gateway: given, listed, done, told."""

import asyncio
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

from shared.contracts.words import Role
from tests.gateway.conftest import House, Person
from tests.gateway.test_alerts import first_alert


async def until_listed(person: Person, path: str, what: str, many: int) -> list[dict[str, Any]]:
    until = monotonic() + 20
    while True:
        listed: list[dict[str, Any]] = (await person.get(path)).json()[what]
        if len(listed) == many:
            return listed
        assert monotonic() < until, f"{path} has not {many} within 20 seconds"
        await asyncio.sleep(0.05)


async def test_r60_r84_a_duty_is_given_listed_for_its_owner_and_the_team_and_done_with_a_note(house: House) -> None:
    okafor = house.people["okafor"]
    haddad = await (await house.add("haddad", Role.TEACHER)).sign_in()
    bevan = await (await house.add("bevan", Role.TEACHER)).sign_in()
    await house.alive()
    concern = await haddad.log()
    alert = await first_alert(okafor, about=concern)
    due = (datetime.now(UTC) + timedelta(hours=3)).isoformat()
    owed = {"text": "Ring his aunt back.", "owner_id": str(haddad.id), "due_at": due, "promise": True}
    action = (await okafor.post(f"/incidents/{concern}/actions", json=owed)).json()["id"]
    [mine] = await until_listed(haddad, "/duties/mine", "duties", 1)
    assert (mine["id"], mine["promise"], mine["owner_id"]) == (action, True, str(haddad.id))
    [of_school] = (await okafor.get("/duties", params={"when": "open"})).json()["duties"]
    assert of_school["concern"]["id"] == str(concern)
    assert (await haddad.get("/duties")).status_code == 403
    note = {"note": "She collects him every day."}
    assert (await bevan.post(f"/duties/{action}/done", json=note)).status_code == 404
    assert (await haddad.post(f"/duties/{action}/done", json={"note": " "})).status_code == 422
    finished = await haddad.post(f"/duties/{action}/done", json=note)
    assert finished.status_code == 200, finished.text
    assert await until_listed(haddad, "/duties/mine", "duties", 0) == []
    opened = (await okafor.get(f"/alerts/{alert['id']}")).json()["concern"]["actions"]
    assert [one["done"]["note"] for one in opened] == [note["note"]]


async def test_who_stands_in_for_an_owner_who_is_away_does_it_in_their_place(house: House) -> None:
    okafor = house.people["okafor"]
    haddad = await (await house.add("haddad", Role.TEACHER)).sign_in()
    bevan = await (await house.add("bevan", Role.TEACHER)).sign_in()
    walsh = await (await house.add("walsh", Role.SUPPORT)).sign_in()
    await house.alive()
    concern = await walsh.log(extra_staff_ids=[str(haddad.id)])
    await first_alert(haddad, about=concern)
    owed = {"text": "Watch the gate.", "owner_id": str(haddad.id)}
    action = (await okafor.post(f"/incidents/{concern}/actions", json=owed)).json()["id"]
    await until_listed(haddad, "/duties/mine", "duties", 1)
    away = {"until_on": (datetime.now(UTC) + timedelta(days=5)).date().isoformat(), "deputy_id": str(bevan.id)}
    assert (await haddad.put("/me/absence", json=away)).status_code == 200
    [theirs] = await until_listed(bevan, "/duties/mine", "duties", 1)
    assert (theirs["id"], theirs["deputy_id"]) == (action, str(bevan.id))
    done = await bevan.post(f"/duties/{action}/done", json={"note": "He was collected by his aunt."})
    assert done.status_code == 200, done.text
    assert await until_listed(bevan, "/duties/mine", "duties", 0) == []


async def test_r57_r123_the_author_is_told_in_their_list_that_something_was_added_and_of_nothing_else(
    house: House,
) -> None:
    okafor = house.people["okafor"]
    walsh = await (await house.add("walsh", Role.SUPPORT)).sign_in()
    await house.alive()
    concern = await walsh.log()
    await first_alert(okafor, about=concern)
    await okafor.post(f"/incidents/{concern}/actions", json={"text": "Spoke to his aunt."})
    told = {"text": "Thank you; he is well.", "tell_author": True}
    action = (await okafor.post(f"/incidents/{concern}/actions", json=told)).json()["id"]
    [notice] = await until_listed(walsh, "/me/notices", "notices", 1)
    assert notice["id"] == action
    [line] = (await walsh.get("/incidents")).json()["incidents"]
    assert (line["added"], line["unseen"]) == (1, 1)
    detail = (await walsh.get(f"/incidents/{concern}/told-detail")).text
    assert "he is well" in detail
    assert "aunt" not in detail
    assert (await walsh.post(f"/me/notices/{action}/seen")).status_code == 204
    [line] = (await walsh.get("/incidents")).json()["incidents"]
    assert (line["added"], line["unseen"]) == (1, 0)
