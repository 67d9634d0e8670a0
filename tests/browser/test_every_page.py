"""Every page, as each kind of person sees it, empty and full: sound at both widths in both schemes, and in a sensible
order by the Tab key."""

from fastapi.routing import APIRoute
from playwright.async_api import Page

from services.gateway.pages import PAGE_ROUTERS
from shared.contracts.words import Role, TrustRole
from tests.browser.conftest import Site
from tests.browser.full_house import Things, filled, named, sound, visiting
from tests.browser.hands import SEEN

NOT_SHOWN = {
    # What is no page: files, tables to take away, what a script asks, ways that lead on to another page.
    *("/assets/{version}/{name:path}", "/audit/rows.csv", "/settings/staff/export.csv", "/api/v1/openapi.json"),
    *("/my/waiting", "/settings/roll/{import_id}/progress", "/", "/alerts/next", "/incidents/by-number"),
    # Pages of a way that its own test walks at both widths: the first days, the kiosk, a concern that is written.
    *("/first-run", "/password/{link}", "/second-factor/recovery-codes", "/kiosk", "/kiosk/recorded"),
    *("/incidents/new/{draft_id}", "/incidents/new/{draft_id}/check", "/incidents/{incident_id}/submitted"),
    *("/settings/roll/{import_id}",),
}
STEPS = ("actions", "addenda", "review", "close", "decisions", "consents", "alerts")


def pages_of_the_house(things: Things) -> list[str]:
    """The address of each page that is shown: a new page is walked without a word here, or fails until it has one."""
    found = []
    for router in PAGE_ROUTERS:
        for route in router.routes:
            if not isinstance(route, APIRoute) or "GET" not in (route.methods or ()) or route.path in NOT_SHOWN:
                continue
            if route.path == "/incidents/{incident_id:uuid}/{step}":
                found += [f"{things.paths['/incidents/{incident_id:uuid}']}/{step}" for step in STEPS]
            else:
                found.append(things.paths.get(route.path, route.path))
    assert [path for path in found if "{" in path] == []
    return found


ORDER = """() => {
  const element = document.activeElement;
  if (element === document.body) return null;
  window.heedBefore ??= [];
  const before = window.heedBefore.at(-1);
  const follows = (one) => one.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING;
  if (before !== element && window.heedBefore.includes(element)) return "round";
  window.heedBefore.push(element);
  const short = (one) => one.outerHTML.slice(0, 200);
  return !before || before === element || follows(before) ? "" : `${short(element)} after ${short(before)}`;
}"""


async def in_order(page: Page) -> None:
    """From the skip link to the end by the Tab key: in the order of the page, and to be seen at each stop."""
    await page.evaluate("window.heedBefore = []; document.activeElement.blur(); window.scrollTo(0, 0)")
    for _ in range(400):
        await page.keyboard.press("Tab")
        told = await page.evaluate(ORDER)
        if told is None or told == "round":
            break
        assert told == "", f"{page.url}: {told}"
        hidden = await page.evaluate(SEEN)
        assert hidden == "", f"{page.url}: the focus is not to be seen on {hidden}"
    assert await page.evaluate("window.heedBefore.length") > 1, page.url
    assert await page.locator("[tabindex]:not([tabindex='0']):not([tabindex='-1'])").count() == 0


# Of each kind of page one, and those with parts beside one another.
ORDERED = ("/my", "/sign-in", "/incidents/new", "/search", "/audit", "/me", "/settings/times", "/settings/rules/new")


async def test_every_page_of_a_lead_dsl_is_sound_and_goes_in_order_by_the_tab_key(site: Site) -> None:
    things = await filled(site)
    async with visiting(site, site.house.people["okafor"]) as window:
        for turn, path in enumerate(pages_of_the_house(things)):
            answer = await window.page.goto(site.address + path)
            assert answer is not None
            # What a lead DSL may not open is a page as well.
            window.said.clear()
            assert answer.status in {200, 403, 404}, (path, answer.status)
            await sound(window, named(path), turn)
            if path in ORDERED or path == things.paths.get("/children/{child_id}"):
                await in_order(window.page)


async def test_pages_with_nothing_on_them_and_those_of_other_people_are_sound(site: Site) -> None:
    house = site.house
    boyle, lead = (
        await house.add("boyle", Role.HEAD),
        await house.add("lead", trust_role=TrustRole.TRUST_SAFEGUARDING_LEAD),
    )
    grant = await house.add("grant", trust_role=TrustRole.TRUST_ADMINISTRATOR)
    await boyle.sign_in("elevated")
    for one in (lead, grant):
        await one.sign_in("elevated", school_id=house.oakfield)
    record = f"/children/{house.pupils['Rowan']}"
    everybody = ("/my", "/me", "/settings", "/break-glass")
    wide = ("/alerts", "/my/duties", "/search", "/audit", record, f"{record}/looked-at")
    kept = tuple(f"/settings/{one}" for one in ("groups", "rules", "kiosks", "shields", "webhooks", "lists/locations"))
    walked = (
        (house.people["okafor"], (*everybody, *wide, *kept)),
        (boyle, (*everybody, "/settings/shields", "/settings/school")),
        (await house.people["marsh"].sign_in("elevated"), (*everybody, "/alerts", "/my/duties", "/children", record)),
        (lead, (*everybody, "/settings/shields", "/audit", record)),
        (grant, (*everybody, "/settings/schools", "/settings/staff")),
    )
    turn = 0
    for person, paths in walked:
        async with visiting(site, person) as window:
            for path in paths:
                await window.go(path)
                window.said.clear()
                await sound(window, f"{person.email.partition('@')[0]}-{named(path)}", turn)
                turn += 1
