"""Forms that are sent with nothing filled in: each error is one key away from the summary, and the page is sound."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal

from playwright.async_api import TimeoutError as TookTooLong

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


# A form, and what sends it with nothing filled in.
EMPTY_FORMS = (
    ("/sign-in", "Sign in"),
    ("/password/forgotten", "Send me a link"),
    ("/elevate", "Go on"),
    ("/children", "Find"),
    ("/search", "Search"),
    ("/break-glass", "Find"),
    ("/incidents/new", "Check and submit"),
    ("/incidents/{incident_id:uuid}/actions", "Add action"),
    ("/incidents/{incident_id:uuid}/review", "Take under review"),
    ("/incidents/{incident_id:uuid}/close", "Close incident"),
    ("/incidents/{incident_id:uuid}/decisions", "Record decision"),
    ("/incidents/{incident_id:uuid}/consents", "Record consent"),
    ("/incidents/{incident_id:uuid}/alerts", "Alert them"),
    ("/incidents/{incident_id:uuid}/correct", "Correct incident"),
    ("/incidents/{incident_id:uuid}/actions/{action_id:uuid}/done", "It is done"),
    ("/alerts/{alert_id:uuid}/of-others/withdraw", "Withdraw this alert"),
    ("/children/{child_id}", "Keep the names apart"),
    ("/children/{child_id}", "Take the mark away"),
    ("/settings/categories", "Add the category"),
    ("/settings/groups/new", "Save the group"),
    ("/settings/rules/new", "Save the rule"),
    ("/settings/staff/new", "Send the invitation"),
    ("/settings/staff/file", "Try it"),
    ("/settings/roll", "Try it"),
    ("/settings/kiosks", "Register it"),
    ("/settings/shields", "Find"),
    ("/settings/webhooks", "Add it"),
    ("/me/tokens", "Make token"),
    ("/me", "Say so"),
)


async def test_every_error_is_reached_from_the_summary(site: Site) -> None:
    """By each link of the summary to the very field, which is to be seen and says what is wrong with it."""
    things, turn, wrong = await filled(site), 0, []
    incident = things.paths["/incidents/{incident_id:uuid}"]
    async with visiting(site, site.house.people["okafor"]) as window:
        page = window.page
        for path, button in EMPTY_FORMS:
            address = things.paths.get(path, path.replace("/incidents/{incident_id:uuid}", incident))
            await window.go(address)
            sending = page.get_by_role("main").locator("button", has_text=re.compile(f"^{button}$")).last
            if not await sending.count():
                wrong.append(f"{address}: there is no button {button}")
                continue
            await sending.evaluate(UNFOLD)
            await sending.click()
            window.said.clear()
            summary = page.locator(".govuk-error-summary")
            try:
                await summary.wait_for()
            except TookTooLong:
                wrong.append(f"{address}: {button} with nothing filled in shows no summary")
                continue
            if not await summary.evaluate("(summary) => summary.contains(document.activeElement)"):
                wrong.append(f"{address}: {button} leaves the focus elsewhere")
            await sound(window, f"wrong-{named(address)}", turn)
            turn += 1
            for link in await summary.get_by_role("link").all():
                await link.click()
                found = await page.evaluate(REACHED, await link.get_attribute("href"))
                if found:
                    wrong.append(f"{address}: {await link.inner_text()}: {found}")
    assert wrong == []


UNFOLD = """(button) => {
  for (const one of document.querySelectorAll("details")) one.open ||= one.contains(button);
}"""
REACHED = """(href) => {
  const field = document.activeElement;
  if (`#${field.id}` !== href) return `${href} is not reached, the focus is on ${field.outerHTML.slice(0, 150)}`;
  if (!field.matches("input, select, textarea, [tabindex]")) return `${href} is nothing to fill in`;
  const box = (field.labels?.[0] ?? field).getBoundingClientRect();
  return box.width > 0 && box.bottom > 0 && box.top < innerHeight ? "" : `${href} is not to be seen`;
}"""
