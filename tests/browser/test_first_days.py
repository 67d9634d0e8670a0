"""From the mail with the link to one's own page: the password, the second factor, the recovery codes."""

import pyotp
import pytest
from playwright.async_api import expect

from services.auth import service as auth_service
from services.auth.service.acting import now
from shared.contracts.words import Role
from shared.db import Scope
from tests.browser.conftest import SCHEMES, WIDTHS, Site, shoot

CHOSEN = "seven quiet lanterns by the gate"


async def invited(site: Site) -> str:
    """Somebody who was added and has done nothing yet; the path of their link."""
    house = site.house
    async with house.services["auth"].api.state.db.begin(Scope(house.oakfield)) as session:
        added = await auth_service.add_staff(
            session,
            acting_staff=None,
            school_id=house.oakfield,
            email="price@school.example",
            title="Mr",
            forename="Owen",
            surname="Price",
            roles=[Role.TEACHER],
        )
        link = await auth_service.make_password_link(session, acting_staff=None, staff_id=added.id, now=now())
    return f"/password/{link}"


@pytest.mark.parametrize(("width", "scheme"), list(zip(WIDTHS, SCHEMES, strict=True)))
async def test_r36_somebody_invited_chooses_a_password_and_sets_up_their_second_factor(
    site: Site, width: str, scheme: str
) -> None:
    path = await invited(site)
    async with site.window(viewport=WIDTHS[width], scheme=scheme) as window:
        page = await window.go(path)
        await page.reload()
        await window.is_sound()
        await page.get_by_label("Your new password").fill("rivermead")
        await expect(page.get_by_text("9 of at least 12 characters")).to_be_visible()
        await shoot(window, f"password-{width}")
        await page.get_by_role("button", name="Set password").click()
        await page.get_by_role("link", name="Use at least 12 characters").click()
        await expect(page.get_by_label("Your new password")).to_be_focused()
        window.said.clear()  # the browser notes the 422
        await window.is_sound()
        await page.get_by_label("Your new password").fill(CHOSEN)
        await page.get_by_role("button", name="Set password").click()
        await expect(page.get_by_text("Your password is set.")).to_be_visible()
        await page.get_by_label("E-mail address").fill("price@school.example")
        await page.get_by_label("Password", exact=True).fill(CHOSEN)
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.get_by_role("heading", name="Set up your second factor")).to_be_visible()
        await window.is_sound()
        await shoot(window, f"second-factor-{width}")
        await page.get_by_role("button", name="Use an app").click()
        await expect(page.get_by_role("img", name="QR code for your authenticator app")).to_be_visible()
        await window.is_sound()
        await shoot(window, f"scan-{width}")
        key = (await page.locator(".key").inner_text()).replace(" ", "")
        await page.get_by_label("Code from your authenticator app").fill("000000")
        await page.get_by_role("button", name="Go on").click()
        await expect(page.locator(".key")).to_have_text(key_in_fours(key))
        await expect(page.get_by_role("img", name="QR code for your authenticator app")).to_be_visible()
        await page.get_by_label("Code from your authenticator app").fill(pyotp.TOTP(key).now())
        await page.get_by_role("button", name="Go on").click()
        await expect(page.get_by_text("Step 3 of 3")).to_be_visible()
        await page.get_by_role("button", name="Show me ten codes").click()
        await expect(page.locator(".codes li")).to_have_count(10)
        window.said.clear()  # the browser notes the 422
        await window.is_sound()
        await shoot(window, f"recovery-codes-{width}")
        await page.get_by_role("link", name="I have them, go on").click()
        await page.wait_for_url("**/my")
        # The link was for once.
        await window.go(path)
        await page.get_by_label("Your new password").fill(CHOSEN)
        await page.get_by_role("button", name="Set password").click()
        await expect(page.get_by_role("heading", name="This link is no longer good")).to_be_visible()
        window.said.clear()
        await window.is_sound()
        await page.get_by_role("link", name="Ask for a new link").click()
        await page.get_by_label("Your e-mail address at school").fill("price@school.example")
        await window.is_sound()
        await page.get_by_role("button", name="Send me a link").click()
        await expect(page.get_by_text("If this address is set up in Heed")).to_be_visible()


def key_in_fours(key: str) -> str:
    return " ".join(key[start : start + 4] for start in range(0, len(key), 4))


async def test_everything_of_the_first_day_works_without_scripts_and_by_the_keyboard(site: Site) -> None:
    path = await invited(site)
    async with site.window(viewport=WIDTHS["phone"], java_script_enabled=False) as window:
        page = await window.go(path)
        await page.get_by_label("Your new password").focus()
        await page.keyboard.type(CHOSEN)
        await page.keyboard.press("Enter")
        await page.get_by_label("E-mail address").focus()
        await page.keyboard.type("price@school.example")
        await page.keyboard.press("Tab")
        await page.keyboard.type(CHOSEN)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Set up your second factor")).to_be_visible()
        # What needs scripts is not offered.
        await expect(page.get_by_role("button", name="Add a passkey")).to_be_hidden()
        await expect(page.get_by_role("button", name="Hide")).to_be_hidden()
        await page.get_by_role("button", name="Use an app").press("Enter")
        key = (await page.locator(".key").inner_text()).replace(" ", "")
        await page.get_by_label("Code from your authenticator app").focus()
        await page.keyboard.type(pyotp.TOTP(key).now())
        await page.keyboard.press("Enter")
        await page.get_by_role("button", name="Show me ten codes").press("Enter")
        await expect(page.locator(".codes li")).to_have_count(10)
        printed = await page.locator(".codes code").first.inner_text()
        await page.get_by_role("link", name="I have them, go on").press("Enter")
        await page.wait_for_url("**/my")
        # A day without the phone: one of the printed codes lets them in, and opens no records.
        await page.get_by_role("button", name="Sign out").press("Enter")
        await window.go("/sign-in?next=/me")
        await page.get_by_label("E-mail address").fill("price@school.example")
        await page.get_by_label("Password", exact=True).fill(CHOSEN)
        await page.keyboard.press("Enter")
        await page.get_by_label("Code from your authenticator app").fill(printed)
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/me")
        await expect(page.get_by_text("9 codes left.")).to_be_visible()
        await window.go("/elevate")
        await page.get_by_label("Code from your authenticator app").fill(printed)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("link", name="This code does not fit")).to_be_visible()
        wide = await page.locator("html").evaluate("(page) => page.scrollWidth - page.clientWidth")
        assert wide <= 0
