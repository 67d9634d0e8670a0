"""Small promises of the pages: a larger drawing on a phone, and what stands on paper."""

from playwright.async_api import expect

from tests.browser.conftest import PHONE, Site
from tests.browser.test_alerts import about_two
from tests.browser.test_drafts import begun

OTHERS = "Contains information about other children."


async def test_r65_a_mark_is_put_on_a_larger_drawing_on_a_phone(site: Site) -> None:
    async with site.window(viewport=PHONE) as window:
        page = window.page
        await window.sign_in(site.house.people["walsh"])
        page = await begun(window, "As it stood in the first window.")
        # The drawing is wider than the window and moves within its own frame; a mark is where the finger was.
        await page.get_by_text("Add a mark to the body map").click()
        drawing, plate = page.locator("[data-plate] svg:visible"), page.locator("[data-plate]")
        before = await drawing.bounding_box()
        await page.get_by_role("button", name="Larger").click()
        after = await drawing.bounding_box()
        assert before is not None
        assert after is not None
        assert after["width"] > 2 * before["width"]
        assert await plate.evaluate("(plate) => plate.scrollWidth > plate.clientWidth && plate.scrollLeft > 0")
        await drawing.click(position={"x": after["width"] * 0.5, "y": after["height"] * 0.3})
        await page.get_by_text("Chest (front)").wait_for()
        await window.is_sound()


async def test_on_paper_it_says_that_other_children_are_in_it_where_they_are(site: Site) -> None:
    haddad, marsh = site.house.people["haddad"], await site.house.people["marsh"].sign_in()
    told = {"extra_staff_ids": [str(haddad.id)]}
    of_one, of_two = await marsh.log(**told), await marsh.log(pupils=about_two(site.house), **told)
    async with site.window() as window:
        page = window.page
        await window.sign_in(haddad, sure=False)
        await window.elevate()
        for concern, others in ((of_one, False), (of_two, True)):
            await window.go(f"/incidents/{concern}")
            await page.emulate_media(media="print")
            await expect(page.get_by_text("Printed from Heed by Ms Haddad, ")).to_be_visible()
            await expect(page.get_by_text(OTHERS)).to_have_count(1 if others else 0)
            await page.emulate_media(media="screen")
