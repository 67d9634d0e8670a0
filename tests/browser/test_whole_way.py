"""The way of an incident from the first word to "read": by pointer, by the keyboard alone, without scripts, and with
tabs that are killed in the middle."""

import asyncio
from dataclasses import dataclass
from time import monotonic

import pytest
from playwright.async_api import Page

from shared.contracts.words import Role
from tests.browser.conftest import DESK, PHONE, Site, Window
from tests.browser.hands import Keys, Pointer
from tests.gateway.conftest import PASSWORD, Person

SAID = 'Rowan held Ife by the sleeve. She said "leave me alone" twice.'
DONE = "Spoke to Ife in the library."
REASON = "Both have made it up again."
SECRET = ("sleeve", "leave me alone", "library", "made it up")
WAYS = ("pointer", "keyboard", "no scripts", "killed tabs")


@dataclass
class Walker:
    """One person on their way, in a window that may be taken from them."""

    window: Window
    way: str

    @property
    def page(self) -> Page:
        return self.window.page

    @property
    def hand(self) -> Pointer:
        return Keys(self.page) if self.way == "keyboard" else Pointer(self.page)

    async def sign_in(self, person: Person) -> None:
        self.window.person = person
        await self.window.go("/sign-in")
        await self.hand.type(self.page.get_by_label("E-mail address"), person.email)
        await self.hand.type(self.page.get_by_label("Password", exact=True), PASSWORD)
        await self.hand.press(self.page.get_by_role("button", name="Sign in", exact=True))
        await self.give_code()
        await self.page.wait_for_url("**/my")

    async def give_code(self) -> None:
        assert self.window.person is not None
        await self.hand.type(self.page.get_by_label("Code from your authenticator app"), self.window.person.code())
        await self.hand.press(self.page.get_by_role("button", name="Go on"))

    async def lose_the_tab(self, back_to: str) -> None:
        """The tab is gone, as when a phone wants the memory; the session is not."""
        await self.page.close(run_before_unload=False)
        self.window.page = await self.window.context.new_page()
        await self.window.go(back_to)


@pytest.mark.parametrize("way", WAYS)
async def test_r28_r41_r80_the_way_of_an_incident_by_hand(site: Site, way: str) -> None:
    price = await site.house.add("price", Role.LEAD_DSL)
    other = await site.house.add("quinn", Role.TEACHER)
    await site.house.known()
    scripts = {"java_script_enabled": way != "no scripts"}
    async with (
        site.window(viewport=PHONE, **scripts) as phone,
        site.window(viewport=DESK, **scripts) as desk,
        site.window(viewport=DESK, **scripts) as elsewhere,
    ):
        writer, dsl = Walker(phone, way), Walker(desk, way)
        await dsl.sign_in(price)
        await writer.sign_in(site.house.people["walsh"])
        await write(writer)
        await read_act_and_close(dsl)
        incident = dsl.page.url.removeprefix(site.address)
        # The writer learns that it was read, and no more.
        await writer.window.go("/my")
        await writer.page.get_by_text("Read today").wait_for()
        assert DONE not in await writer.page.content()
        await nothing_for(Walker(elsewhere, way), other, incident)


async def write(writer: Walker) -> None:
    page, hand = writer.page, writer.hand
    await hand.press(page.get_by_role("main").get_by_role("link", name="Add incident"))
    await choose_two_children(writer)
    await hand.type(page.get_by_role("textbox", name="What happened?"), SAID)
    if writer.way == "killed tabs":
        await page.get_by_text("Saved", exact=False).first.wait_for()
        await writer.lose_the_tab("/my")
        page, hand = writer.page, writer.hand
        await hand.press(page.get_by_role("link", name="Draft, begun"))
        assert await page.get_by_role("textbox", name="What happened?").input_value() == SAID
    await hand.choose(page.get_by_label("Part of Ife"), "Harmed")
    await hand.tick(page.get_by_label("Welfare Concern", exact=True))
    await place_a_mark(writer)
    await hand.choose(page.get_by_label("What you see"), "Bruise")
    await hand.press(page.get_by_role("button", name="Check and submit"))
    await page.get_by_role("heading", name="Check and submit").wait_for()
    if writer.way == "killed tabs":
        await writer.lose_the_tab(page.url.removeprefix(writer.window.site.address))
        page, hand = writer.page, writer.hand
        await hand.press(page.get_by_role("button", name="Check and submit"))
        await page.get_by_role("heading", name="Check and submit").wait_for()
    shown = await page.locator("main").inner_text()
    assert SAID in shown
    assert "bruise" in shown
    await hand.press(page.get_by_role("button", name="Submit concern"))
    await page.get_by_role("heading", name="is recorded").wait_for()


async def choose_two_children(writer: Walker) -> None:
    page, hand = writer.page, writer.hand
    for starts in ("row", "ife"):
        field = page.locator("#child_starts")
        if writer.way != "no scripts":
            field = page.locator("#child_starts[role=combobox]")
        await hand.type(field, starts)
        if writer.way == "no scripts":
            await field.press("Enter")
            await page.get_by_role("group", name="Make sure").get_by_role("radio").first.check()
            continue
        option = page.get_by_role("listbox").get_by_role("option").first
        await option.wait_for()
        if writer.way == "keyboard":
            await page.keyboard.press("ArrowDown")
            await page.keyboard.press("Enter")
        else:
            await option.click()
    if writer.way == "no scripts":
        await page.get_by_role("button", name="Add another child").click()
    await page.get_by_label("Part of Ife").wait_for()


async def place_a_mark(writer: Walker) -> None:
    page = writer.page
    await writer.hand.press(page.locator(".map-opened > summary"))
    plate = page.locator("[data-plate]")
    if writer.way == "no scripts":
        await page.get_by_label("Or choose the place").select_option(label="Left upper arm")
        await page.get_by_role("button", name="Add this mark").click()
    elif writer.way == "keyboard":
        await Keys(page).reach(plate)
        await page.keyboard.press("ArrowRight")
        await page.keyboard.press("Enter")
    else:
        await plate.locator("svg:visible").click(position={"x": 190, "y": 180})


async def read_act_and_close(dsl: Walker) -> None:
    """With scripts the alert comes by itself; without, when the page is asked for again."""
    until = monotonic() + 20
    while await dsl.page.locator(".alerts li").count() == 0:
        assert monotonic() < until, "no alert came"
        await dsl.page.reload() if dsl.way == "no scripts" else await asyncio.sleep(0.05)
    if dsl.way == "keyboard":
        await dsl.page.keyboard.press("j")
        await dsl.page.keyboard.press("Enter")
    else:
        await dsl.page.locator(".alerts a").click()
    await dsl.page.wait_for_url("**/alerts/*")
    await dsl.page.locator(".doc").get_by_text(SAID).wait_for()
    alert = dsl.page.url.removeprefix(dsl.window.site.address)
    await dsl.hand.press(dsl.page.get_by_role("button", name="Mark as read"))
    await dsl.page.locator("header .tag", has_text="Read").wait_for()
    await dsl.hand.press(dsl.page.get_by_role("link", name="Add action"))
    if dsl.way == "killed tabs":
        await dsl.hand.type(dsl.page.get_by_label("What was done"), "What is half written is not sent")
        await dsl.lose_the_tab(alert)
        assert "half written" not in await dsl.page.content()
        await dsl.hand.press(dsl.page.get_by_role("link", name="Add action"))
    await dsl.hand.type(dsl.page.get_by_label("What was done"), DONE)
    await dsl.hand.tick(dsl.page.get_by_label("Ife Adeyemi"))
    await dsl.hand.press(dsl.page.get_by_role("button", name="Add action"))
    await dsl.page.get_by_text("For Ife Adeyemi").wait_for()
    await dsl.hand.press(dsl.page.get_by_role("link", name="Close it with a reason"))
    await dsl.hand.type(dsl.page.get_by_label("Reason"), REASON)
    await dsl.hand.press(dsl.page.get_by_role("button", name="Close incident"))
    # She steps up, and what she typed goes along.
    await dsl.give_code()
    await dsl.page.locator("header .tag", has_text="Closed").wait_for()
    await dsl.page.get_by_text(REASON).wait_for()
    await dsl.window.go("/incidents/by-number?number=1")
    await dsl.page.get_by_role("heading", name="Incident 1").wait_for()


async def nothing_for(teacher: Walker, person: Person, incident: str) -> None:
    """By page, by address, by type-ahead and by search, with elevated access as well."""
    await teacher.sign_in(person)
    await teacher.window.elevate()
    page = teacher.page
    assert await page.locator(".alerts, .cards").count() == 0
    await untold(page)
    for address in (incident, f"{incident}/actions", f"{incident}/close", "/incidents/by-number?number=1"):
        await teacher.window.go(address)
        await page.get_by_text("It does not exist, or it is not for you to see.").wait_for()
        await untold(page)
    # Whoever logs may name any child; what is shown of them is who they are.
    await teacher.window.go("/incidents/new")
    if teacher.way == "no scripts":
        await page.locator("#child_starts").fill("row")
        await page.locator("#child_starts").press("Enter")
        found = page.get_by_role("group", name="Make sure").locator("label")
    else:
        await page.get_by_role("combobox", name="The child’s name").fill("row")
        found = page.get_by_role("listbox").get_by_role("option")
    await found.first.wait_for()
    assert await found.all_inner_texts() == ["Rowan Adeyemi · Year 4 · 4B"]
    await untold(page)
    await teacher.window.go("/search")
    for words in ("sleeve", '"leave me alone"', "library", "Rowan"):
        await page.get_by_label("Words").fill(words)
        await page.get_by_role("button", name="Search").click()
        await page.get_by_role("heading", name="0 concerns that you may see").wait_for()
        assert await page.locator(f"a[href*='{incident}']").count() == 0


async def untold(page: Page) -> None:
    content = await page.content()
    assert [words for words in SECRET if words in content] == []
