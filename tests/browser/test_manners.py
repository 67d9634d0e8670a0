"""Manners of a page with children in it: it hides, it goes blank by itself, and elevated access ends in sight."""

import asyncio
from datetime import UTC, datetime

from playwright.async_api import expect
from sqlalchemy import update

from services.auth.models import Credential, StaffSession
from shared.contracts.words import Role
from shared.db import Scope
from tests.browser.conftest import DESK, PHONE, Site, Window, shoot
from tests.gateway.conftest import PASSWORD, Person

TYPED = "Rowan said that he walks home the long way now"


async def change_sessions(site: Site, **values: object) -> None:
    """What would take minutes to come about: sessions that have ended, elevation that is over."""
    async with site.house.services["auth"].api.state.db.begin(Scope()) as session:
        await session.execute(update(StaffSession).values(**values))


async def elevation_ends(site: Site, window: Window) -> None:
    """As if its time were up; the gateway shares what auth said for a second."""
    await change_sessions(site, elevated_at=None)
    async with asyncio.timeout(10):
        while True:
            answer = await window.page.request.get(f"{site.address}/api/v1/me", headers={"X-Heed-Background": "1"})
            if (await answer.json())["elevated_until"] is None:
                return


async def fresh_codes(site: Site, person: Person) -> None:
    """As half a minute later: codes that were used may be given again."""
    person.codes_used = 0
    async with site.house.services["auth"].api.state.db.begin(Scope()) as session:
        await session.execute(update(Credential).where(Credential.staff_id == person.id).values(totp_step=None))


async def nothing_is_seen(window: Window) -> None:
    """Neither seen nor read aloud, nor reached by a key."""
    main = window.page.locator("main")
    await expect(window.page.get_by_role("dialog")).to_be_visible()
    await expect(main).to_be_hidden()
    assert await main.evaluate("(element) => element.inert")
    assert "Add incident" not in await window.page.locator("body").aria_snapshot()
    await window.page.keyboard.press("Tab")
    assert await window.page.evaluate("!document.activeElement.closest('main, header')")
    await window.is_sound()


async def test_r98_a_page_is_hidden_at_once_and_comes_back_as_it_was(site: Site) -> None:
    price = await site.house.add("price", Role.LEAD_DSL)
    async with site.window(viewport=PHONE, scheme="dark") as window:
        page = window.page
        await page.clock.install()
        await window.sign_in(price)
        # On paper: who, when, and nothing of the frame.
        await page.emulate_media(media="print")
        await expect(page.get_by_text("Printed from Heed by Ms Price, ")).to_be_visible()
        await expect(page.get_by_role("navigation", name="Heed")).to_have_count(0)
        await page.emulate_media(media="screen")
        await expect(page.get_by_text("Printed from Heed")).to_be_hidden()
        second = await window.context.new_page()
        await second.goto(f"{site.address}/my")
        await page.keyboard.press("Escape")
        await page.keyboard.press("Escape")
        window.said.clear()
        await nothing_is_seen(window)
        await shoot(window, "hidden-phone")
        # In every tab of this browser, and in one that is opened now.
        await expect(second.get_by_role("dialog")).to_be_visible()
        await second.reload()
        await expect(second.locator("main")).to_be_hidden()
        await expect(second.get_by_role("dialog")).to_be_visible()
        await page.get_by_label("Your password, or a code").fill("not her password")
        await page.get_by_role("button", name="Show it again").click()
        await expect(page.get_by_text("This is not your password.")).to_be_visible()
        await expect(page.locator("main")).to_be_hidden()
        await page.get_by_label("Your password, or a code").fill(PASSWORD)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Hello")).to_be_visible()
        await expect(second.get_by_role("heading", name="Hello")).to_be_visible()
        # By itself, when nobody has touched it.
        await page.mouse.move(5, 5)
        await page.clock.fast_forward("04:50")
        await expect(page.locator("main")).to_be_visible()
        await page.clock.fast_forward("00:15")
        await expect(page.get_by_role("dialog")).to_be_visible()
        await page.get_by_label("Your password, or a code").fill(PASSWORD)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Hello")).to_be_visible()
        await page.get_by_role("button", name="Hide").click()
        await expect(page.get_by_role("dialog")).to_be_visible()


async def test_r91_elevated_access_runs_out_while_typing_and_nothing_is_lost(site: Site) -> None:
    async with site.window(viewport=DESK) as window:
        page = window.page
        await page.clock.install()
        price = await site.house.add("price", Role.LEAD_DSL)
        await window.sign_in(price)
        await window.elevate()
        await window.go("/children")
        field = page.get_by_label("Name", exact=True)
        await field.fill(TYPED)
        await expect(page.get_by_role("link", name="Elevated, 10 min")).to_be_visible()
        await window.is_sound()
        await shoot(window, "elevated-desk")
        await elevation_ends(site, window)
        for _ in range(3):
            await page.clock.fast_forward("03:30")
            await page.mouse.move(5, 5)
        await expect(page.get_by_role("heading", name="Your elevated access has ended")).to_be_visible()
        await nothing_is_seen(window)
        await shoot(window, "elevation-ended-desk")
        await page.get_by_label("Code from your authenticator app").fill("000000")
        await page.get_by_role("button", name="Go on").click()
        await expect(page.get_by_text("This code does not fit")).to_be_visible()
        await fresh_codes(site, price)
        await page.get_by_label("Code from your authenticator app").fill(price.code())
        await page.get_by_role("button", name="Go on").click()
        await expect(field).to_have_value(TYPED)
        await expect(page.get_by_role("link", name="Elevated, 10 min")).to_be_visible()
        # Leaving it is one key away, and counts everywhere.
        await page.get_by_role("button", name="Leave elevated access").click()
        await page.wait_for_url("**/my")
        await expect(page.get_by_text("Elevated,")).to_have_count(0)
        await window.go("/children")
        await page.get_by_label("Name", exact=True).fill(TYPED)
        await page.get_by_role("button", name="Find").click()
        await expect(page.get_by_text("What you typed is kept.")).to_be_visible()
        window.said.clear()
        await window.go("/elevated")
        await window.is_sound()


async def test_what_was_typed_while_a_session_ended_goes_to_nobody_else(site: Site) -> None:
    price = await site.house.add("price", Role.LEAD_DSL)
    marsh = site.house.people["marsh"]
    for returns in (marsh, price):
        async with site.window() as window:
            page = window.page
            await page.clock.install()
            await fresh_codes(site, price)
            await window.sign_in(price)
            await fresh_codes(site, price)
            await window.elevate()
            await window.go("/children")
            await page.get_by_label("Name", exact=True).fill(TYPED)
            await page.clock.fast_forward("05:01")
            await expect(page.get_by_role("dialog")).to_be_visible()
            await change_sessions(site, ended_at=datetime.now(UTC), ended_why="idle")
            await page.get_by_label("Your password, or a code").fill(PASSWORD)
            await page.keyboard.press("Enter")
            await expect(page.get_by_text("Your session has ended.")).to_be_visible()
            await page.get_by_role("button", name="Sign in again").click()
            await expect(page.get_by_text("What you typed is kept on this page.")).to_be_visible()
            assert TYPED not in await page.locator("main").inner_text()
            window.said.clear()  # the browser notes the 401
            await window.is_sound()
            window.person = returns
            await fresh_codes(site, returns)
            await page.get_by_label("E-mail address").fill(returns.email)
            await page.get_by_label("Password", exact=True).fill(PASSWORD)
            await page.get_by_role("button", name="Sign in").click()
            await expect(page.get_by_role("heading", name="Enter your code")).to_be_visible()
            assert (TYPED in await page.content()) == (returns is price)
            await window.give_code()
            if returns is price:
                await expect(page.get_by_role("heading", name="You are signed in again")).to_be_visible()
                await expect(page.get_by_text(TYPED)).to_be_visible()
                await page.get_by_role("button", name="Go on with it").click()
                await expect(page.get_by_text("What you typed is kept.")).to_be_visible()
            else:
                await expect(page.get_by_role("heading", name="Find a child")).to_be_visible()
                assert TYPED not in await page.content()
