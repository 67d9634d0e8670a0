"""What looks like markup, code or another direction of writing is shown as it was typed, everywhere that it appears."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tests.browser.conftest import Site, Window
from tests.browser.test_alerts import cookies_of
from tests.gateway.conftest import Person
from tests.gateway.test_alerts import first_alert

ODD = "<marquee>x</marquee><img src=x onerror=alert(1)>&amp;{{ 7*7 }} '\"` %s \u202eabc\u202c \u05e9\u05dc 👩‍👧"
"""Fits on one line and into the shortest field."""
MADE_OF_IT = "document.querySelectorAll('marquee, img[src=x]').length"


BEFORE_AND_AFTER = """(shown) => ["ins", "del"].map((side) => {
  const copy = shown.cloneNode(true);
  for (const piece of copy.querySelectorAll(`${side}, .govuk-visually-hidden`)) piece.remove();
  return copy.textContent;
})"""


@dataclass
class Typed:
    """Odd strings, each with a number of its own, so that none can stand for another."""

    site: Site
    by_field: dict[str, str] = field(default_factory=dict)

    def new(self, name: str, *, lines: bool = False) -> str:
        text = f"{name}: {ODD}"
        self.by_field[name] = f"{text}\n  two  spaces\tand a tab\n</textarea><h1>no</h1>" if lines else text
        return self.by_field[name]


async def made(answer: Any) -> Any:
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None


async def written(site: Site, typed: Typed, okafor: Person, marsh: Person) -> str:
    """An incident in which every field is odd, and everything that can follow one."""
    rowan, ife = (str(site.house.pupils[name]) for name in ("Rowan", "Ife"))
    agency = (await made(await okafor.post("/lists/agencies", json={"name": typed.new("agency")})))["id"]
    place = (await made(await okafor.post("/lists/locations", json={"name": typed.new("place")})))["id"]
    kind = (await made(await okafor.post("/categories", json={"name": typed.new("kind"), "asks_sanction": True})))["id"]
    name = {"forename": "<i>Ro</i>&amp;", "surname": "<b>Ade</b>{{7}}"}
    await made(await okafor.put(f"/pupils/{rowan}/preferred-name", json=name))
    spot = {"pupil_id": rowan, "view": "front", "figure": "child", "x": 0.4, "y": 0.4, "kind": "bruise"}
    concern = {
        "category_ids": [kind],
        "pupils": [{"pupil_id": one, "part": "subject"} for one in (rowan, ife)],
        "location_id": place,
        "location_words": typed.new("where"),
        "actions_taken": [{"text": typed.new("taken", lines=True), "pupil_ids": [rowan]}],
        "agencies": [{"agency_id": agency, "note": typed.new("spoken")}],
        "sanction": typed.new("sanction"),
        "marks": [spot | {"colour": typed.new("colour"), "words": typed.new("mark", lines=True)}],
    }
    incident = str(await marsh.log(narrative=typed.new("narrative", lines=True), **concern))
    path = f"/incidents/{incident}"
    for step, body in (
        ("actions", {"text": typed.new("action", lines=True), "tell_author": True, "pupil_ids": [ife]}),
        ("decisions", {part: typed.new(part, lines=True) for part in ("what", "alternatives", "reason")}),
        ("consents", {"answer": "asked", "of_whom": typed.new("whom"), "note": typed.new("note", lines=True)}),
        ("review", {"reason": typed.new("review", lines=True)}),
        ("close", {"reason": typed.new("close", lines=True)}),
    ):
        if step == "decisions":
            body |= {"kind": "refer", "body": typed.new("body"), "reference": typed.new("reference")}
        await made(await okafor.post(f"{path}/{step}", json=body))
    owed = {"text": typed.new("owed"), "owner_id": str(okafor.id), "due_at": "2030-03-01T12:00:00Z"}
    action = (await made(await okafor.post(f"{path}/actions", json=owed)))["id"]
    await made(await okafor.post(f"{path}/actions/{action}/done", json={"note": typed.new("done", lines=True)}))
    await made(await marsh.post(f"{path}/addenda", json={"text": typed.new("addendum", lines=True)}))
    again = {"narrative": typed.new("corrected", lines=True), "reason": typed.new("why")}
    same = {key: concern[key] for key in concern if key != "marks"}
    corrected = site.house.concern(**(same | again))
    await made(await okafor.post(f"{path}/corrections", json=corrected))
    await first_alert(okafor, about=UUID(incident))
    alerted = {"staff_ids": [str(site.house.people["walsh"].id)], "note": typed.new("alerted", lines=True)}
    await made(await okafor.post(f"{path}/alerts", json=alerted))
    headline = {"headline": typed.new("headline"), "analysis": typed.new("analysis")}
    await made(await okafor.post(f"/pupils/{rowan}/significant/{incident}", json=headline))
    await made(await okafor.post(f"/pupils/{rowan}/flags", json={"kind": "medical", "note": typed.new("flag")}))
    return incident


async def shows(window: Window, typed: Typed, *names: str, at: str = "main") -> None:
    """To the character, and nothing was made of it."""
    page = window.page
    await page.locator("main").wait_for()
    shown = await page.locator(at).evaluate_all(
        """(all) => all.map((one) => {
          // What stands between two parts of one text for screen readers alone is no part of it.
          const copy = one.cloneNode(true);
          const asides = ":is(ins, del) .govuk-visually-hidden";
          for (const aside of copy.querySelectorAll(asides)) aside.remove();
          const fields = [...one.querySelectorAll("input, textarea")].map((each) => each.value);
          return [copy.textContent, ...fields].join("\\n");
        }).join("\\n")"""
    )
    missing = [name for name in names if typed.by_field[name] not in shown]
    assert missing == [], f"{page.url} does not show {missing}"
    assert await page.evaluate(MADE_OF_IT) == 0
    assert window.said == []


FACTS = ("where", "agency", "spoken", "sanction", "kind", "colour", "mark", "taken", "place")
FOLLOWED = ("action", "owed", "done", "what", "alternatives", "reason", "body", "reference", "whom", "note")
STEPS = ("review", "close", "addendum", "why")


async def test_r50_odd_strings_of_an_incident_are_shown_as_typed_on_every_page_that_shows_them(site: Site) -> None:
    house, typed = site.house, Typed(site)
    okafor, marsh = house.people["okafor"], await house.people["marsh"].sign_in()
    incident = await written(site, typed, okafor, marsh)
    rowan = house.pupils["Rowan"]
    async with site.window() as dsl, site.window() as writer:
        await dsl.sign_in(house.people["haddad"], sure=False)
        await dsl.elevate()
        await dsl.go(f"/incidents/{incident}")
        await shows(dsl, typed, "narrative", "corrected", *FACTS[:5], *FOLLOWED, *STEPS)
        await shows(dsl, typed, "corrected", at=".doc section[aria-label='What happened'] .words")
        assert "<i>Ro</i>&amp; <b>Ade</b>{{7}}" in await dsl.page.locator("main").inner_text()
        await dsl.go(f"/incidents/{incident}/correct")
        await shows(dsl, typed, "corrected", "where", "sanction")
        await dsl.go(f"/children/{rowan}")
        await shows(dsl, typed, "corrected", "action", "owed", "done", "addendum", "why", "kind")
        await shows(dsl, typed, "headline", "analysis", "flag")
        assert await dsl.page.locator("h1").text_content() == "<i>Ro</i>&amp; <b>Ade</b>{{7}}"
        versions = await dsl.page.locator(".entries .words:has(del)").evaluate(BEFORE_AND_AFTER)
        assert versions == [typed.by_field["narrative"], typed.by_field["corrected"]]
        await dsl.go("/search")
        await dsl.page.get_by_label("Words").fill("spaces")
        await dsl.page.get_by_role("button", name="Search").click()
        await dsl.page.get_by_role("heading", name="1 concern that you may see").wait_for()
        assert "<i>Ro</i>&amp; <b>Ade</b>{{7}}" in await dsl.page.locator("#found ~ .found, .found").first.inner_text()
        await shows(dsl, typed)
        # What its writer sees: as they wrote it at first, with the action that they may read.
        await writer.sign_in(marsh)
        await writer.go(f"/incidents/{incident}")
        await shows(writer, typed, "narrative", "action", "addendum", "mark", "colour")
        # And whoever was told of it as well, with the note that came along.
        walsh = await house.people["walsh"].sign_in()
        alert = await first_alert(walsh, about=UUID(incident))
        await writer.context.add_cookies(cookies_of(site, walsh))
        await writer.go(f"/alerts/{alert['id']}")
        await shows(writer, typed, "corrected", "alerted", "where", "sanction", "action", "addendum")


async def test_odd_names_and_words_of_the_settings_are_shown_as_typed(site: Site) -> None:
    house, typed = site.house, Typed(site)
    okafor = house.people["okafor"]
    kind = (await made(await okafor.post("/categories", json={"name": typed.new("kind")})))["id"]
    await made(await okafor.post("/lists/agencies", json={"name": typed.new("agency")}))
    await made(await okafor.post("/lists/locations", json={"name": typed.new("place")}))
    group = {"name": typed.new("group"), "member_ids": [str(house.people["walsh"].id)]}
    group_id = (await made(await okafor.post("/groups", json=group)))["id"]
    await made(await okafor.post("/kiosks", json={"name": typed.new("kiosk")}))
    await made(await okafor.put("/school/danger-text", json={"danger_text": typed.new("danger")}))
    staff = {"email": "odd@school.example", "title": "Mx", "forename": "O", "surname": typed.new("surname")}
    staff_id = (await made(await okafor.post("/staff", json=staff | {"roles": ["teacher"]})))["id"]
    token = {"name": typed.new("token"), "scopes": ["alert:read"]}
    await made(await okafor.post("/tokens", json=token))
    async with site.window() as window:
        await window.context.add_cookies(cookies_of(site, okafor))
        await window.go("/settings/rules/new")
        await shows(window, typed, "group", "kind")
        await window.page.get_by_label("What the rule is called").fill(typed.new("rule"))
        await window.page.locator("label", has_text=typed.by_field["group"]).click()
        await window.page.get_by_role("button", name="Save the rule").click()
        await window.page.get_by_role("link", name="rule:").wait_for()
        await shows(window, typed, "rule", "group", "kind")
        for path, names in (
            ("/settings/categories", ("kind",)),
            (f"/settings/categories/{kind}", ("kind",)),
            ("/settings/lists/agencies", ("agency",)),
            ("/settings/lists/locations", ("place",)),
            ("/settings/groups", ("group",)),
            (f"/settings/groups/{group_id}", ("group",)),
            ("/settings/times", ("kind",)),
            ("/settings/kiosks", ("kiosk",)),
            ("/settings/school", ("danger",)),
            ("/settings/staff", ("surname",)),
            (f"/settings/staff/{staff_id}", ("surname",)),
            ("/me/tokens", ("token",)),
            ("/sign-in?school=oakfield", ("danger",)),
            ("/incidents/new", ("kind", "agency", "place", "group")),
            (f"/children/{house.pupils['Rowan']}", ("kind",)),
        ):
            await window.go(path)
            await shows(window, typed, *names)
