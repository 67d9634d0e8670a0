"""Add incident by hand: with and without scripts, on a phone, by the keyboard, over lost lines and closed tabs."""

from dataclasses import dataclass
from time import monotonic

import httpx
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import PHONE, SCHEMES, WIDTHS, Site, Window, shoot
from tests.browser.hands import Keys
from tests.gateway.conftest import PASSWORD

SAID = 'At lunch Rowan said "I do not want to go home". Ife Adeyemi held his hand.'


async def test_r41_r45_r51_r65_without_scripts_two_children_and_a_mark_are_logged(site: Site) -> None:
    """Search and radios for the children, a place from the list for the mark; what was found is taken up."""
    async with site.window(viewport=PHONE, java_script_enabled=False) as window:
        await window.sign_in(site.house.people["walsh"])
        page = await window.go("/incidents/new")
        await shoot(window, "write-empty")
        await page.get_by_role("button", name="Check and submit").click()
        summary = page.get_by_role("alert")
        assert await summary.get_by_role("link").all_inner_texts() == [
            "Choose the child it is about.",
            "Write what happened.",
            "Choose what kind of concern it is.",
        ]
        await shoot(window, "write-errors")
        for name in ("row", "ife"):
            await page.get_by_label("child’s name").or_(page.get_by_label("Another child")).fill(name)
            await page.get_by_label("Another child").or_(page.get_by_label("child’s name")).press("Enter")
            await page.get_by_role("group", name="Make sure").get_by_role("radio").first.check()
        await page.get_by_label("What happened?").fill(SAID)
        await page.get_by_label("Welfare Concern", exact=True).check()
        await page.get_by_role("button", name="Add another child").click()
        await shoot(window, "write-two")
        await page.get_by_text("Add a mark to the body map").click()
        await page.get_by_label("Or choose the place").select_option(label="Left upper arm")
        await page.get_by_role("button", name="Add this mark").click()
        await page.get_by_label("What you see").select_option("Bruise")
        await page.get_by_label("Longest side, mm").fill("20")
        await page.get_by_label("Part of Ife").select_option("Saw or heard it")
        await page.get_by_role("button", name="Check and submit").click()
        await shoot(window, "write-check")
        assert SAID in await page.inner_text("main")
        assert "Left upper arm (front): bruise, 20 mm" in await page.inner_text("main")
        await page.get_by_role("button", name="Submit concern").click()
        await page.wait_for_url("**/submitted?**")
        await shoot(window, "write-submitted")
        assert await page.title() == "Incident 1 – Heed"


@dataclass
class Hand:
    """Somebody with a phone: every touch is counted, with the time a person takes for it."""

    page: Page
    actions: int = 0
    seconds: float = 0.0

    async def type(self, where: Locator, text: str) -> None:
        await where.press_sequentially(text) if len(text) < 8 else await where.fill(text)
        self.did(1.5 + 0.2 * len(text))

    async def press(self, what: Locator) -> None:
        await what.click()
        self.did(1.5)

    def did(self, seconds: float) -> None:
        self.actions += 1
        self.seconds += seconds


async def test_r44_r55_the_simplest_concern_takes_twelve_actions_and_less_than_a_minute(site: Site) -> None:
    walsh = site.house.people["walsh"]
    async with site.window(viewport=PHONE) as window:
        page = await window.go("/sign-in")
        hand, began = Hand(page), monotonic()
        await hand.type(page.get_by_label("E-mail address"), walsh.email)
        await hand.type(page.get_by_label("Password", exact=True), PASSWORD)
        await hand.press(page.get_by_role("button", name="Sign in"))
        await hand.type(page.get_by_label("Code from your authenticator app"), walsh.code())
        await hand.press(page.get_by_role("button", name="Go on"))
        await hand.press(page.get_by_role("main").get_by_role("link", name="Add incident"))
        await hand.type(page.get_by_role("combobox", name="The child’s name"), "row")
        await hand.press(page.get_by_role("option", name="Rowan Adeyemi · Year 4 · 4B"))
        await hand.type(page.get_by_role("textbox", name="What happened?"), 'Rowan said "I do not want to go home".')
        await hand.press(page.get_by_label("Welfare Concern", exact=True))
        await hand.press(page.get_by_role("button", name="Check and submit"))
        await hand.press(page.get_by_role("button", name="Submit concern"))
        await page.get_by_role("heading", name="is recorded").wait_for()
        machine = monotonic() - began
        assert hand.actions <= 12
        assert hand.seconds + machine < 60, f"{hand.seconds:.0f} s of a person and {machine:.0f} s of the machine"
        await shoot(window, "write-submitted")
        await window.is_sound()


async def everywhere(window: Window) -> None:
    """The page as it stands, at both widths and in both schemes."""
    for size in WIDTHS.values():
        for scheme in SCHEMES:
            await window.page.set_viewport_size(size)
            await window.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            await window.is_sound()
    await window.page.set_viewport_size(PHONE)
    await window.page.emulate_media(color_scheme="light")


async def test_r48_r65_r69_two_children_a_mark_and_a_quoted_sentence_on_a_phone(site: Site) -> None:
    async with site.window(viewport=PHONE) as window:
        await window.sign_in(site.house.people["walsh"])
        page = await window.go("/incidents/new")
        await everywhere(window)
        await page.get_by_role("combobox", name="The child’s name").fill("ade")
        await page.get_by_role("listbox").get_by_role("option").first.wait_for()
        await shoot(window, "js-found")
        await everywhere(window)
        assert await page.get_by_role("listbox").get_by_role("option").all_inner_texts() == [
            "Ife Adeyemi · Year 1 · 1A",
            "Rowan Adeyemi · Year 4 · 4B",
        ]
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        text = page.get_by_role("textbox", name="What happened?")
        await text.fill('Rowan was very aggressive. He said "go away". Ife Adeyemi saw it.')
        coach = page.locator(".coach")
        await coach.get_by_text("is an opinion").wait_for()
        await coach.get_by_role("button", name="Link Ife Adeyemi").click()
        assert await page.get_by_label("Part of Ife").count() == 1
        await coach.get_by_role("button", name="Leave as it is").first.click()
        await page.get_by_label("Part of Ife").select_option("Saw or heard it")
        await page.get_by_label("Search the kinds").fill("verb")
        await page.get_by_label("Verbal").check()
        await page.get_by_text("Add a mark to the body map").click()
        await page.locator("[data-plate] svg:visible").click(position={"x": 190, "y": 180})
        await page.get_by_label("What you see").select_option("Bruise")
        await page.get_by_text("Ms Okafor", exact=True).first.wait_for()
        await shoot(window, "js-full")
        await everywhere(window)
        await page.get_by_text("Saved", exact=False).first.wait_for()
        await page.get_by_role("button", name="Check and submit").click()
        await page.get_by_role("heading", name="Check and submit").wait_for()
        await shoot(window, "js-check")
        await everywhere(window)
        await page.get_by_role("link", name="Change what happened").click()
        assert "very aggressive" in await text.input_value()
        await page.get_by_role("button", name="Check and submit").click()
        await page.get_by_role("button", name="Submit concern").dblclick()
        await page.get_by_role("heading", name="is recorded").wait_for()
        await page.get_by_text("Ms Okafor has been told.").wait_for()
        await everywhere(window)
        lines = (await signed_in(site)).json()["incidents"]
        assert [line["narrative"] for line in lines] == [
            'Rowan was very aggressive. He said "go away". Ife Adeyemi saw it.'
        ]


async def test_r65_a_mark_is_moved_by_dragging_by_a_tap_and_by_the_keys_and_taken_away(site: Site) -> None:
    async with site.window(viewport=PHONE, has_touch=True) as window:
        await window.sign_in(site.house.people["walsh"])
        page = await window.go("/incidents/new")
        await page.get_by_role("combobox", name="The child’s name").fill("row")
        await page.get_by_role("listbox").get_by_role("option").first.click()
        await page.get_by_text("Add a mark to the body map").click()
        drawing = page.locator("[data-plate] svg:visible")
        await drawing.tap(position={"x": 190, "y": 180})
        rows, pins = page.locator("#mark-rows > li"), page.locator("[data-plate] svg:visible .pin")
        await rows.get_by_label("What you see").select_option("Bruise")
        first = await rows.locator("[data-where]").inner_text()
        # Dragged, and no second one comes of it.
        await drawing.evaluate("(drawing) => drawing.scrollIntoView({ block: 'center' })")
        pin, box = await pins.bounding_box(), await drawing.bounding_box()
        assert pin is not None
        assert box is not None
        await page.mouse.move(pin["x"] + pin["width"] / 2, pin["y"] + pin["height"] / 2)
        await page.mouse.down()
        await page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.3, steps=5)
        await page.mouse.up()
        await expect(rows.locator("[data-where]")).not_to_have_text(first)
        dragged = await rows.locator("[data-where]").inner_text()
        # A tap on a mark leads to what is said of it.
        await pins.tap()
        await expect(rows.get_by_label("What you see")).to_be_focused()
        # By its button and a tap, on another view as well.
        await rows.locator("[data-move]").click()
        await expect(rows.locator("[data-move]")).to_have_attribute("aria-pressed", "true")
        await everywhere(window)
        await page.get_by_role("button", name="Back", exact=True).click()
        await drawing.tap(position={"x": 150, "y": 150})
        await expect(rows.locator("[data-where]")).to_contain_text("(back)")
        await expect(page.locator("#mark-rows [data-move]")).to_have_attribute("aria-pressed", "false")
        # By the keys: the button, the arrows, Enter; and Escape leaves it where it is.
        by_tap = await rows.locator("[data-where]").inner_text()
        keys = Keys(page)
        await keys.press(rows.locator("[data-move]"))
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Escape")
        await expect(rows.locator("[data-move]")).to_be_focused()
        await expect(rows.locator("[data-where]")).to_have_text(by_tap)
        await page.keyboard.press("Enter")
        for _ in range(12):
            await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        await expect(rows.locator("[data-move]")).to_be_focused()
        await expect(rows.locator("[data-where]")).not_to_have_text(by_tap)
        by_keys = await rows.locator("[data-where]").inner_text()
        assert len({first, dragged, by_tap, by_keys}) == 4
        assert await rows.count() == 1
        assert await rows.get_by_label("What you see").input_value() == "bruise"
        # It is saved where it is now, and is taken away by its own button.
        await page.get_by_role("textbox", name="What happened?").fill("He held his arm.")
        await page.get_by_label("Welfare Concern", exact=True).check()
        await page.get_by_role("button", name="Check and submit").click()
        await page.get_by_role("heading", name="Check and submit").wait_for()
        assert f"{by_keys}: bruise" in await page.locator("main").inner_text()
        await page.get_by_role("link", name="Change injury or mark").click()
        await page.get_by_role("button", name="Remove mark 1").click()
        await expect(rows).to_have_count(0)
        assert window.said == []


async def signed_in(site: Site) -> httpx.Response:
    walsh = site.house.people["walsh"]
    await walsh.sign_in()
    return await walsh.get("/incidents")
