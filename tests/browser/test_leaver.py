"""Somebody whose account is ended in the middle of a form: their words stay theirs, and go to nobody else."""

from playwright.async_api import expect

from tests.browser.conftest import PHONE, Site, shoot
from tests.browser.test_drafts import begun
from tests.gateway.conftest import PASSWORD

WRITTEN = "He said he walks home the long way now."


async def test_a_leaver_is_signed_out_while_writing_and_nobody_else_is_shown_it(site: Site) -> None:
    house = site.house
    walsh, marsh = house.people["walsh"], house.people["marsh"]
    async with site.window(viewport=PHONE) as window:
        await window.sign_in(walsh)
        page = await begun(window, "He said")
        await page.get_by_text("Saved", exact=False).first.wait_for()
        address = page.url
        assert (await house.people["okafor"].post(f"/staff/{walsh.id}/disable")).status_code == 204
        await page.get_by_role("textbox", name="What happened?").fill(WRITTEN)
        await page.get_by_text("Your session has ended").wait_for()
        await page.get_by_role("button", name="Save and go on later").click()
        await expect(page.get_by_text("What you typed is kept on this page.")).to_be_visible()
        # They do not get in any more, and are told no more than anybody is.
        await page.get_by_label("E-mail address").fill(walsh.email)
        await page.get_by_label("Password", exact=True).fill(PASSWORD)
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.get_by_role("link", name="The e-mail address or the password does not fit.")).to_be_visible()
        window.said.clear()  # the browser notes the 401
        await window.is_sound()
        await shoot(window, "leaver-phone")
        # A colleague who signs in on the same page finds nothing of it: not here, not as a draft, not at its address.
        window.person = marsh
        await page.get_by_label("E-mail address").fill(marsh.email)
        await page.get_by_label("Password", exact=True).fill(PASSWORD)
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.get_by_role("heading", name="Enter your code")).to_be_visible()
        assert WRITTEN not in await page.content()
        await window.give_code()
        for path in (None, "/my", "/incidents/new", address.removeprefix(site.address)):
            if path is not None:
                await window.go(path)
            await expect(page.locator("h1").first).to_be_visible()
            assert WRITTEN not in await page.content()
            assert "Go on with the draft" not in await page.content()
        await expect(page.get_by_role("textbox", name="What happened?")).to_have_value("")
