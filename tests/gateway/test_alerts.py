"""From a concern to its readers, through the gateway: alerts, lists, the first instant, the rules."""

import asyncio
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any
from uuid import UUID

from services.alerting.domain.duties import week_of
from shared.contracts.words import Role
from tests.gateway.conftest import House, Person

STATES = ("unread", "read", "open")


async def first_alert(person: Person, *, about: UUID) -> dict[str, Any]:
    """The alert of a concern, as soon as it is in the list; how long that may take is measured elsewhere."""
    until = monotonic() + 20
    while monotonic() < until:
        listed = (await person.get("/alerts", params={"state": "open", "limit": 100})).json()["alerts"]
        for alert in listed:
            if alert["incident_id"] == str(about):
                found: dict[str, Any] = alert
                return found
        await asyncio.sleep(0.05)
    raise AssertionError("no alert came within 20 seconds")


async def test_r67_who_is_told_reads_acts_and_is_done_and_the_writer_learns_that_it_was_read(house: House) -> None:
    okafor = house.people["okafor"]
    haddad = await (await house.add("haddad", Role.TEACHER)).sign_in()
    await house.alive()
    concern = await haddad.log()
    assert (await haddad.get("/incidents")).json()["incidents"][0]["first_read_at"] is None
    alert = await first_alert(okafor, about=concern)
    assert (alert["state"], alert["why"]) == ("unread", ["lead_dsl"])
    assert alert["concern"]["pupils"] == ["Rowan Adeyemi"]
    assert "voucher" not in alert
    shown = (await okafor.get("/alerts")).json()
    assert shown["names"][str(haddad.id)] == "Ms Haddad"
    assert shown["notices"] == []
    opened = await okafor.get(f"/alerts/{alert['id']}")
    assert opened.json()["concern"]["view"] == "whole"
    assert opened.headers["ETag"] == '"1"'
    action = {"text": "Rang home.", "pupil_ids": [str(house.pupils["Rowan"])]}
    acted = await okafor.post(
        f"/incidents/{concern}/actions", json=action, headers={"If-Match": opened.headers["ETag"]}
    )
    assert acted.status_code == 201, acted.text
    assert acted.headers["ETag"] == '"2"'
    late = await okafor.post(f"/incidents/{concern}/actions", json=action, headers={"If-Match": '"1"'})
    assert (late.status_code, late.json()["version"]) == (409, 2)
    for step in ("read", "acknowledge", "done"):
        state = (await okafor.post(f"/alerts/{alert['id']}/{step}")).json()
    assert (state["state"], state["read_at"] is None, state["done_at"] is None) == ("done", False, False)
    assert (await okafor.get("/alerts/next")).json()["alert"] is None
    own = (await haddad.get("/incidents")).json()
    assert own["incidents"][0]["first_read_at"] == state["read_at"]
    told = (await haddad.get(f"/incidents/{concern}/told")).json()
    assert told == {
        "incident_id": str(concern),
        "told": 1,
        "first_read_at": state["read_at"],
        "first_told_id": str(okafor.id),
        "names": {str(okafor.id): "Ms Okafor"},
        "notices": [],
    }
    # Their own words, and nothing of what followed (R28).
    read = (await haddad.get(f"/incidents/{concern}")).json()
    assert read["view"] == "own"
    assert "Rang home" not in str(read)


async def test_in_the_first_instant_an_alert_and_its_concern_are_read_while_incident_has_heard_nothing(
    house: House,
) -> None:
    boyle = await (await house.add("boyle", Role.HEAD)).sign_in()
    haddad = await (await house.add("haddad", Role.TEACHER)).sign_in()
    await house.work("auth")
    await house.work("alerting")
    # Incident tells of what was logged and takes nothing in: it never learns of an alert.
    await house.work("incident", only="relay")
    await house.known()
    concern = await haddad.log()
    alert = await first_alert(boyle, about=concern)
    assert alert["concern"]["first_line"].startswith("Rowan said")
    following = (await boyle.get("/alerts/next")).json()["alert"]
    assert (following["id"], following["concern"]["id"]) == (alert["id"], str(concern))
    opened = (await boyle.get(f"/alerts/{alert['id']}")).json()
    assert opened["concern"]["narrative"].startswith("Rowan said")
    # The voucher is what did it: without one a head who is not elevated has to be.
    assert (await boyle.get(f"/incidents/{concern}")).json()["type"].endswith("/elevation-required")
    assert (await haddad.get(f"/alerts/{alert['id']}")).status_code == 404


async def test_lists_go_on_where_the_page_before_ended(house: House) -> None:
    okafor = house.people["okafor"]
    haddad = await (await house.add("haddad", Role.TEACHER)).sign_in()
    await house.alive()
    concerns = [str(await haddad.log(narrative=f"The {count}th")) for count in range(5)]
    await first_alert(okafor, about=UUID(concerns[-1]))
    for person, path, name, ids in (
        (haddad, "/incidents", "incidents", "id"),
        (okafor, "/alerts", "alerts", "incident_id"),
    ):
        seen: list[str] = []
        following = None
        for _ in range(3):
            page = (await person.get(path, params={"limit": 2, **({"cursor": following} if following else {})})).json()
            seen += [row[ids] for row in page[name]]
            following = page["next"]
        assert following is None
        assert sorted(seen) == sorted(concerns)


async def test_rules_are_read_tried_and_replaced_by_version(house: House) -> None:
    okafor = house.people["okafor"]
    chaudhry = await (await house.add("chaudhry", Role.SENCO)).sign_in("elevated")
    haddad = await (await house.add("haddad", Role.TEACHER)).sign_in()
    await house.alive()
    before = await okafor.get("/alert-rules")
    rule = {"name": "Welfare", "category_ids": [str(house.categories["Welfare Concern"])], "roles": ["senco"]}
    etag = {"If-Match": before.headers["ETag"]}
    wrong = await okafor.put("/alert-rules", json={"rules": [rule, rule | {"at_least": 4}]}, headers=etag)
    assert [error["path"] for error in wrong.json()["errors"]] == ["rules.1.at_least"]
    written = await okafor.put("/alert-rules", json={"rules": [rule]}, headers=etag)
    assert written.status_code == 200, written.text
    assert written.headers["ETag"] != before.headers["ETag"]
    assert (await okafor.put("/alert-rules", json={"rules": []}, headers=etag)).status_code == 409
    # The rule is on the category above: what lies under it is covered, in a trial as in earnest.
    hygiene = {"category_ids": [str(house.categories["Hygiene"])], "pupils": [{}]}
    tried = await okafor.post("/alert-rules/try", json=hygiene)
    told = {one["staff_id"]: one for one in tried.json()["told"]}
    assert told[str(chaudhry.id)]["rules"] == ["Welfare"]
    concern = await haddad.log(of="Hygiene")
    assert (await first_alert(chaudhry, about=concern))["why"] == ["rule"]
    for person in (haddad, chaudhry):
        answer = await person.get("/alert-rules")
        assert (answer.status_code, answer.json()["type"]) == (403, "https://heed.example/problems/not-permitted")


async def test_r80_how_much_waits_is_figures_alone_and_nothing_is_read_by_asking(house: House) -> None:
    okafor = house.people["okafor"]
    haddad = await (await house.add("haddad", Role.TEACHER)).sign_in()
    await house.alive()
    nothing = {"unread": 0, "open": 0, "latest": None, "duties": 0, "due_this_week": 0, "overdue": 0}
    assert (await okafor.get("/alerts/waiting")).json() == nothing
    concern = await haddad.log()
    alert = await first_alert(okafor, about=concern)
    due = datetime.now(UTC) + timedelta(minutes=5)
    owed = {"text": "Ring his aunt.", "owner_id": str(okafor.id), "due_at": due.isoformat(), "promise": True}
    assert (await okafor.post(f"/incidents/{concern}/actions", json=owed)).status_code == 201
    until = monotonic() + 20
    while not (waits := (await okafor.get("/alerts/waiting")).json())["duties"]:
        assert monotonic() < until
        await asyncio.sleep(0.05)
    this_week = int(due < week_of(datetime.now(UTC))[1])
    told = {"unread": 1, "open": 1, "latest": alert["raised_at"]}
    assert waits == told | {"duties": 1, "due_this_week": this_week, "overdue": 0}
    await okafor.post(f"/alerts/{alert['id']}/read")
    assert [(await okafor.get("/alerts/waiting")).json()[name] for name in ("unread", "open")] == [0, 1]
    listed = [(await okafor.get("/alerts", params={"state": state})).json()["alerts"] for state in STATES]
    assert [[one["id"] for one in alerts] for alerts in listed] == [[], [alert["id"]], [alert["id"]]]
    assert (await haddad.get("/alerts/waiting")).json() == nothing


async def test_what_lies_on_the_desk_is_what_the_lists_and_the_figures_say(house: House) -> None:
    okafor = house.people["okafor"]
    haddad = await (await house.add("haddad", Role.TEACHER)).sign_in()
    await house.alive()
    raised = [await first_alert(okafor, about=await haddad.log()) for _ in range(3)]
    await okafor.post(f"/alerts/{raised[0]['id']}/read")
    desk = (await okafor.get("/alerts/desk")).json()
    lists = {state: (await okafor.get("/alerts", params={"state": state})).json() for state in ("unread", "read")}
    for state, listed in lists.items():
        assert desk[state] == {"alerts": listed["alerts"], "next": None}
    assert [[one["id"] for one in desk[state]["alerts"]] for state in lists] == [
        [raised[1]["id"], raised[2]["id"]],
        [raised[0]["id"]],
    ]
    assert all(alert["concern"]["number"] for state in lists for alert in desk[state]["alerts"])
    assert desk["waiting"] == (await okafor.get("/alerts/waiting")).json()
    assert desk["names"] == lists["unread"]["names"] | lists["read"]["names"] != {}
    # Shorter, and the rest is in the list from there on.
    short = (await okafor.get("/alerts/desk", params={"limit": 1})).json()["unread"]
    rest = await okafor.get("/alerts", params={"state": "unread", "cursor": short["next"]})
    assert [one["id"] for one in rest.json()["alerts"]] == [raised[2]["id"]]
    nothing = (await haddad.get("/alerts/desk")).json()
    assert [nothing["unread"]["alerts"], nothing["read"]["alerts"], nothing["waiting"]["open"]] == [[], [], 0]
