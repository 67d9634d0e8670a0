"""What somebody is writing is not lost: a closed tab, a line that is down, a service that does not answer, a session
that ended; and it is kept to the letter."""

import asyncio
from time import monotonic
from typing import Any

from playwright.async_api import Page

from services.gateway.gate import Gate
from tests.browser.conftest import PHONE, Site, Window
from tests.gateway.conftest import PASSWORD
from tests.gateway.test_outage import Failing

SAVED_WITHIN = 8.0  # seconds: every five, and what a busy machine adds
STORED = "[Object.keys(localStorage), Object.keys(sessionStorage)]"
FUZZ = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>&amp;&lt;{{ 7 * 7 }}{% raw %}</textarea><h1>",
    "'; DROP TABLE incident; -- \\ \" ' ` %s %00 ${7*7}",
    "\u202eright to left\u202c \u200f\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "👩‍👧‍👦 🏴󠁧󠁢󠁥󠁮󠁧󠁿 e\u0301 ﬁ \u200b\ufeff",
    "two  spaces\tand a tab   ",
    "=1+1 @sum +44 -1",
)


async def begun(window: Window, words: str) -> Page:
    """A form with a child and a text, by somebody who has signed in."""
    page = await window.go("/incidents/new")
    await page.get_by_role("combobox", name="The child’s name").press_sequentially("row")
    await page.get_by_role("listbox").get_by_role("option").first.click()
    await page.get_by_role("textbox", name="What happened?").fill(words)
    await page.get_by_label("Welfare Concern", exact=True).check()
    return page


async def logged(site: Site) -> list[dict[str, Any]]:
    walsh = site.house.people["walsh"]
    if not walsh.http.cookies:
        await walsh.sign_in()
    found: list[dict[str, Any]] = (await walsh.get("/incidents")).json()["incidents"]
    return found


async def test_r41_a_tab_that_is_killed_has_left_a_draft_within_five_seconds(site: Site) -> None:
    async with site.window(viewport=PHONE) as window:
        await window.sign_in(site.house.people["walsh"])
        page = await begun(window, 'He said "no".\n  Then nothing.')
        began = monotonic()
        await page.get_by_text("Saved", exact=False).first.wait_for()
        assert monotonic() - began < SAVED_WITHIN
        await page.close(run_before_unload=False)
        window.page = await window.context.new_page()
        page = await window.go("/incidents/new")
        await page.get_by_role("link", name="Go on with the draft").first.click()
        assert (
            await page.get_by_role("textbox", name="What happened?").input_value() == 'He said "no".\n  Then nothing.'
        )
        assert await page.get_by_label("Part of Rowan").input_value() == "subject"
        # Whoever else opens its address finds an empty form.
        async with site.window() as other:
            await other.sign_in(site.house.people["marsh"])
            await other.page.goto(page.url)
            assert await other.page.get_by_role("textbox", name="What happened?").input_value() == ""


async def test_r55_with_the_line_down_it_is_kept_in_the_page_and_sent_once(site: Site) -> None:
    async with site.window(viewport=PHONE) as window:
        await window.sign_in(site.house.people["walsh"])
        page = await begun(window, "Before the line went.")
        await window.context.set_offline(True)
        await page.get_by_role("textbox", name="What happened?").fill("While the line was down.")
        await page.get_by_text("No connection").wait_for()
        assert await page.evaluate(STORED) == [[], []]
        await page.get_by_role("button", name="Check and submit").click()
        await window.context.set_offline(False)
        await page.get_by_role("heading", name="Check and submit").wait_for()
        assert await page.locator("dd .words").inner_text() == "While the line was down."
        await window.context.set_offline(True)
        await page.get_by_role("button", name="Submit concern").click()
        await page.get_by_text("No connection").wait_for()
        await window.context.set_offline(False)
        await page.get_by_role("heading", name="is recorded").wait_for()
        assert [one["narrative"] for one in await logged(site)] == ["While the line was down."]


async def test_a_service_that_does_not_answer_costs_nobody_their_words(site: Site) -> None:
    gate: Gate = site.house.gateway.api.state.gate
    failing = Failing(gate.peers)
    async with site.window(viewport=PHONE) as window:
        await window.sign_in(site.house.people["walsh"])
        page = await begun(window, "Typed while all was well.")
        gate.peers = failing
        failing.put("incident", "http://127.0.0.1:9")
        await page.get_by_role("textbox", name="What happened?").fill("Typed while it was down.")
        await page.get_by_text("Heed cannot save just now").wait_for()
        failing.instead.clear()
        await page.get_by_text("Saved", exact=False).first.wait_for()
        await page.get_by_role("button", name="Check and submit").click()
        submit = page.get_by_role("button", name="Submit concern")
        await submit.wait_for()
        failing.put("incident", "http://127.0.0.1:9")
        await submit.click()
        await page.get_by_text("Heed does not answer just now").wait_for()
        failing.instead.clear()
        await page.get_by_role("heading", name="is recorded").wait_for()
        assert [one["narrative"] for one in await logged(site)] == ["Typed while it was down."]
    gate.peers = failing.of
    await failing.close()


async def test_a_session_that_ends_meanwhile_comes_back_to_the_same_form(site: Site) -> None:
    walsh = site.house.people["walsh"]
    async with site.window(viewport=PHONE) as window:
        await window.sign_in(walsh)
        page = await begun(window, "Before the session ended.")
        address = page.url
        await walsh.sign_in("password")
        assert (await walsh.post("/me/sessions/end-others")).status_code == 200
        await page.get_by_role("textbox", name="What happened?").fill("After it ended.")
        await page.get_by_text("Your session has ended").wait_for()
        await page.get_by_role("button", name="Save and go on later").click()
        await page.get_by_label("E-mail address").fill(walsh.email)
        await page.get_by_label("Password", exact=True).fill(PASSWORD)
        await page.get_by_role("button", name="Sign in").click()
        await window.give_code()
        await page.get_by_role("button", name="Go on with it").click()
        await page.wait_for_url(address)
        assert await page.get_by_role("textbox", name="What happened?").input_value() == "After it ended."


async def test_r50_what_was_typed_is_kept_to_the_letter(site: Site) -> None:
    words = "\n" + "\n".join(FUZZ)
    words += "é" * (19_990 - len(words))
    async with site.window() as window:
        await window.sign_in(site.house.people["walsh"])
        page = await begun(window, words)
        await page.get_by_text("Saved", exact=False).first.wait_for()
        await page.reload()
        text = page.get_by_role("textbox", name="What happened?")
        assert await text.input_value() == words
        await page.get_by_role("button", name="Check and submit").click()
        await page.get_by_role("heading", name="Check and submit").wait_for()
        assert await page.locator("dd .words").first.evaluate("(element) => element.textContent") == words
        await page.get_by_role("button", name="Submit concern").click()
        await page.get_by_role("heading", name="is recorded").wait_for()
        assert [one["narrative"] for one in await logged(site)] == [words]
        assert window.said == []


async def test_with_the_keyboard_alone_a_mark_is_placed_and_the_concern_is_submitted(site: Site) -> None:
    async with site.window() as window:
        await window.sign_in(site.house.people["walsh"])
        page = await window.go("/incidents/new")
        await tab_to(page, "#child_starts")
        await page.keyboard.type("row")
        await page.get_by_role("listbox").get_by_role("option").first.wait_for()
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        await page.get_by_label("Part of Rowan").wait_for()
        await tab_to(page, "#narrative")
        await page.keyboard.type("He held his arm.")
        await tab_to(page, "#category")
        await page.keyboard.press("Space")
        await tab_to(page, ".map-opened > summary")
        await page.keyboard.press("Enter")
        await tab_to(page, "[data-plate]")
        for _ in range(7):
            await page.keyboard.press("ArrowRight")
        assert await page.locator("[data-at]").inner_text() != ""
        await page.keyboard.press("Enter")
        await page.keyboard.type("Bru")
        await tab_to(page, ".stay .btn")
        await page.keyboard.press("Enter")
        await page.get_by_role("heading", name="Check and submit").wait_for()
        assert "bruise" in await page.inner_text(".marks")
        await tab_to(page, "[data-script='send'] .btn")
        await page.keyboard.press("Enter")
        await page.get_by_role("heading", name="is recorded").wait_for()


async def tab_to(page: Page, selector: str) -> None:
    """By the Tab key, with the focus to be seen at every step."""
    for _ in range(60):
        await page.keyboard.press("Tab")
        seen = await page.evaluate(
            "getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).boxShadow"
        )
        assert seen != "nonenone", await page.evaluate("document.activeElement.outerHTML")
        if await page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
        await asyncio.sleep(0)
    raise AssertionError(f"{selector} is not reached by the Tab key")
