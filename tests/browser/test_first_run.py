"""An empty house in a browser: the first page creates the trust, and is gone for good."""

import pytest
from playwright.async_api import async_playwright, expect

from services.auth.domain.first_run import starting_code
from tests.browser.conftest import PHONE, Site, chromium, serving, shoot
from tests.conftest import Cluster
from tests.gateway.conftest import SECRETS, house_over

CHOSEN = "seven quiet lanterns by the gate"
TYPED = {
    "Trust": "Rivermead",
    "First school": "Oakfield Primary School",
    "First name": "Ada",
    "Surname": "Okafor",
    "E-mail address at school": "okafor@school.example",
}


@pytest.mark.postgres
async def test_a_school_begins_without_the_demonstration_and_only_once(empty_cluster: Cluster) -> None:
    async with (
        house_over(empty_cluster, opened=False) as house,
        serving(house) as address,
        async_playwright() as playwright,
    ):
        browser = await playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        site = Site(house, address, browser)
        async with site.window(viewport=PHONE) as window, site.window(java_script_enabled=False) as late:
            page = await window.go("/")
            await expect(page.get_by_role("heading", name="Begin with Heed")).to_be_visible()
            await late.go("/first-run")
            await window.is_sound()
            await page.get_by_role("button", name="Begin").click()
            await page.get_by_role("link", name="Enter the starting code").click()
            await expect(page.get_by_label("Starting code")).to_be_focused()
            window.said.clear()  # the browser notes the 422
            await window.is_sound()
            await shoot(window, "first-run-phone")
            for each in (window, late):
                for label, typed in TYPED.items():
                    await each.page.get_by_label(label, exact=True).fill(typed)
            await page.get_by_label("Starting code").fill("aaaa-bbbb-cccc-dddd")
            await page.get_by_role("button", name="Begin").click()
            await expect(page.get_by_role("link", name="This is not the starting code")).to_be_visible()
            await expect(page.get_by_label("First school")).to_have_value("Oakfield Primary School")
            code = starting_code(SECRETS["key_secret"].get_secret_value())
            await page.get_by_label("Starting code").fill(code)
            await page.get_by_role("button", name="Begin").click()
            await page.get_by_label("Your new password").fill(CHOSEN)
            await page.get_by_role("button", name="Set password").click()
            await page.get_by_label("E-mail address").fill(TYPED["E-mail address at school"])
            await page.get_by_label("Password", exact=True).fill(CHOSEN)
            await page.get_by_role("button", name="Sign in", exact=True).click()
            await expect(page.get_by_role("heading", name="Set up your second factor")).to_be_visible()
            # The other window, with the same code, is too late; and nobody is led there any more.
            await late.page.get_by_label("Starting code").fill(code)
            await late.page.get_by_role("button", name="Begin").click()
            await expect(late.page.get_by_role("heading", name="This Heed was begun already")).to_be_visible()
            answer = await late.page.goto(f"{address}/first-run")
            assert answer is not None
            assert answer.status == 404
            await late.go("/")
            await late.page.wait_for_url("**/sign-in")
        await browser.close()
