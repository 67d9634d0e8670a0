"""Signing in by the pages, as a person does it."""

import pytest

from shared.contracts.words import Role
from tests.browser.conftest import SCHEMES, WIDTHS, Site, shoot


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
async def test_r78_a_person_signs_in_steps_up_and_signs_out(site: Site, width: str, scheme: str) -> None:
    async with site.window(viewport=WIDTHS[width], scheme=scheme) as window:
        page = await window.go("/")
        await window.is_sound()
        okafor = await site.house.add("price", Role.SUPPORT)
        await shoot(window, f"sign-in-{width}-{scheme}")
        await window.sign_in(okafor)
        await shoot(window, f"my-{width}-{scheme}")
        await window.is_sound()
        await page.get_by_role("button", name="Sign out").click()
        await page.wait_for_url("**/signed-out")
        await window.is_sound()
        await page.go_back()
        await page.wait_for_url("**/sign-in")
