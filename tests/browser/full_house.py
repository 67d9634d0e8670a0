"""A house with something of everything in it, and whoever goes through its pages one after the other."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal

from tests.browser.conftest import WIDTHS, Site, Window, shoot
from tests.browser.test_alerts import cookies_of
from tests.gateway.conftest import Person
from tests.gateway.test_alerts import first_alert


@dataclass
class Things:
    """What the pages of a house with something in it are about; the paths of the pages by what they show."""

    paths: dict[str, str]


async def filled(site: Site) -> Things:
    house = site.house
    okafor, marsh, walsh = house.people["okafor"], house.people["marsh"], house.people["walsh"]
    for one in (marsh, walsh):
        await one.sign_in()
    both = [{"pupil_id": str(house.pupils[name]), "part": "subject"} for name in ("Rowan", "Ife")]
    spot = {"pupil_id": str(house.pupils["Rowan"]), "view": "front", "figure": "child", "x": 0.4, "y": 0.4}
    concern = await marsh.log(
        pupils=both, urgent=True, marks=[spot | {"kind": "bruise", "words": "As wide as a hand."}]
    )
    alert = (await first_alert(okafor, about=concern))["id"]
    told = {"staff_ids": [str(walsh.id)], "note": "Please look again."}
    assert (await okafor.post(f"/incidents/{concern}/alerts", json=told)).is_success
    owed = {"text": "Ring home.", "owner_id": str(okafor.id), "due_at": "2030-03-01T12:00:00Z"}
    action = (await okafor.post(f"/incidents/{concern}/actions", json=owed)).json()["id"]
    decided = {"kind": "not_to_refer", "what": "We wait.", "alternatives": "Refer it.", "reason": "It is in hand."}
    assert (await okafor.post(f"/incidents/{concern}/decisions", json=decided)).is_success
    asked = {"answer": "given", "of_whom": "his aunt"}
    assert (await okafor.post(f"/incidents/{concern}/consents", json=asked)).is_success
    assert (await marsh.post(f"/incidents/{concern}/addenda", json={"text": "He had no coat."})).is_success
    again = house.concern(narrative="Rowan said it twice.", pupils=both) | {"reason": "He said it twice."}
    assert (await okafor.post(f"/incidents/{concern}/corrections", json=again)).is_success
    rowan = house.pupils["Rowan"]
    assert (await okafor.post(f"/pupils/{rowan}/flags", json={"kind": "medical", "note": "Asthma."})).is_success
    first = {"headline": "The first time"}
    assert (await okafor.post(f"/pupils/{rowan}/significant/{concern}", json=first)).is_success
    of_walsh = (await first_alert(walsh, about=concern))["id"]
    group = {"name": "Welfare team", "member_ids": [str(walsh.id)]}
    group_id = (await okafor.post("/groups", json=group)).json()["id"]
    rule = {"name": "Welfare", "group_ids": [group_id], "category_ids": [str(house.categories["Welfare Concern"])]}
    ruled = await okafor.get("/alert-rules")
    rules = await okafor.put("/alert-rules", json={"rules": [rule]}, headers={"If-Match": ruled.headers["ETag"]})
    assert rules.is_success, rules.text
    rule_id = (await okafor.get("/alert-rules")).json()["rules"][0]["id"]
    hook = {"url": "https://hooks.rivermead.example/heed", "events": ["alert.raised"]}
    webhook = (await okafor.post("/webhooks", json=hook)).json()
    assert (await okafor.post("/kiosks", json={"name": "Hall"})).is_success
    category, path = house.categories["Welfare Concern"], f"/incidents/{concern}"
    return Things(
        {
            "/alerts/{alert_id:uuid}": f"/alerts/{alert}",
            "/alerts/{alert_id:uuid}/of-others/withdraw": f"/alerts/{of_walsh}/of-others/withdraw?back={concern}",
            "/incidents/{incident_id:uuid}": path,
            "/incidents/{incident_id:uuid}/correct": f"{path}/correct",
            "/incidents/{incident_id:uuid}/actions/{action_id:uuid}/done": f"{path}/actions/{action}/done",
            "/children/{child_id}": f"/children/{rowan}",
            "/children/{child_id}/looked-at": f"/children/{rowan}/looked-at",
            "/children/{child_id}/numbers": f"/children/{rowan}/numbers",
            "/settings/categories/{category_id}": f"/settings/categories/{category}",
            "/settings/lists/{which}": "/settings/lists/agencies",
            "/settings/groups/{group_id}": f"/settings/groups/{group_id}",
            "/settings/rules/{rule_id}": f"/settings/rules/{rule_id}",
            "/settings/staff/{staff_id}": f"/settings/staff/{walsh.id}",
            "/settings/webhooks/{webhook_id}": f"/settings/webhooks/{webhook['id']}",
        }
    )


BY_TURNS: tuple[tuple[tuple[str, Literal["light", "dark"]], ...], ...] = (
    (("phone", "light"), ("desk", "dark")),
    (("phone", "dark"), ("desk", "light")),
)


async def sound(window: Window, name: str, turn: int) -> None:
    """At both widths and in both schemes, each width in one of them: the next page has it the other way."""
    for width, scheme in BY_TURNS[turn % 2]:
        await window.page.set_viewport_size(WIDTHS[width])
        await window.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        await window.is_sound()
        await shoot(window, f"{name}-{width}-{scheme}")


@asynccontextmanager
async def visiting(site: Site, person: Person) -> AsyncIterator[Window]:
    async with site.window() as window:
        await window.context.add_cookies(cookies_of(site, person))
        yield window


def named(path: str) -> str:
    return re.sub(r"[^a-z]+", "-", re.sub(r"[0-9a-f-]{36}", "", path)).strip("-")
