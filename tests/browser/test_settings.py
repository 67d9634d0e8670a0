"""A school's settings, as the lead DSL sets them."""

from tests.browser.conftest import DESK, PHONE, Site, Window, shoot


async def lead(window: Window, site: Site) -> Window:
    await window.sign_in(site.house.people["okafor"], sure=False)
    return await window.elevate()


async def sound_at_both(window: Window, name: str) -> None:
    for viewport in (PHONE, DESK):
        await window.page.set_viewport_size(viewport)
        await window.is_sound()
        await shoot(window, f"{name}-{viewport['width']}")


async def test_r62_categories_are_added_changed_and_retired_by_the_page(site: Site) -> None:
    async with site.window() as window:
        page = (await lead(window, site)).page
        await page.get_by_role("link", name="Settings").click()
        await sound_at_both(window, "settings")
        await page.get_by_role("link", name="Categories").click()
        await sound_at_both(window, "categories")
        await page.get_by_role("button", name="Add the category").click()
        await page.get_by_role("alert").get_by_role("link").click()
        await page.get_by_label("Name").fill("Young carer")
        await page.get_by_label("Who may see it").select_option("Sensitive")
        await page.get_by_role("button", name="Add the category").click()
        await page.get_by_role("link", name="Young carer").click()
        await sound_at_both(window, "category")
        await page.get_by_label("Name").fill("Cares for somebody at home")
        await page.get_by_role("button", name="Save").click()
        await page.get_by_role("link", name="Cares for somebody at home").click()
        await page.get_by_role("button", name="Retire it").click()
        await page.get_by_text("1 retired category").wait_for()
        await page.get_by_role("link", name="Settings").first.click()
        await page.get_by_role("link", name="Agencies").click()
        await page.get_by_label("Add an agency").fill("Family hub")
        await page.get_by_role("button", name="Add", exact=True).click()
        await page.get_by_text("Family hub").click()
        await page.get_by_role("button", name="Move Family hub up").click()
        await window.is_sound()


async def test_a_rule_is_written_tried_and_tells_who_it_names(site: Site) -> None:
    async with site.window() as window:
        page = (await lead(window, site)).page
        await window.go("/settings/groups/new")
        await page.get_by_label("Name").fill("Welfare team")
        await page.get_by_label("Ms Marsh").check()
        await window.is_sound()
        await page.get_by_role("button", name="Save the group").click()
        await page.get_by_role("link", name="Welfare team").wait_for()
        await sound_at_both(window, "groups")
        await window.go("/settings/rules/new")
        await page.get_by_label("What the rule is called").fill("Welfare, all years")
        await page.get_by_text("Categories (none: every one)").click()
        await page.get_by_label("Welfare Concern", exact=True).check()
        await page.get_by_label("Welfare team").check()
        await sound_at_both(window, "rule")
        await page.get_by_role("button", name="Save the rule").click()
        await page.get_by_role("link", name="Welfare, all years").wait_for()
        await page.get_by_label("Category").select_option("Welfare Concern")
        await page.get_by_role("button", name="Who would be told?").click()
        told = page.get_by_role("status")
        await told.get_by_text("Welfare, all years").wait_for()
        assert "Ms Marsh" in await told.inner_text()
        assert "Lead DSL: every incident" in await told.inner_text()
        await sound_at_both(window, "rules-tried")
        await page.get_by_role("link", name="Welfare, all years").click()
        await page.get_by_role("button", name="Remove the rule").click()
        await page.get_by_text("None yet.").wait_for()


async def test_times_are_set_and_what_is_wrong_is_said_beside_it(site: Site) -> None:
    async with site.window(viewport=PHONE) as window:
        page = (await lead(window, site)).page
        await window.go("/settings/times")
        await page.get_by_label("Welfare Concern").fill("soon")
        await page.get_by_role("group", name="Monday").get_by_label("From").fill("08:00")
        await page.get_by_role("group", name="Monday").get_by_label("To").fill("16:30")
        await page.get_by_role("button", name="Save the times").click()
        await page.get_by_role("link", name="Enter a whole number of minutes, for example 60").click()
        await sound_at_both(window, "times-wrong")
        await page.get_by_label("Welfare Concern").fill("90")
        await page.get_by_role("button", name="Save the times").click()
        assert await page.get_by_role("group", name="Monday").get_by_label("To").input_value() == "16:30"
        assert await page.get_by_label("Welfare Concern").input_value() == "90"
        assert await page.get_by_role("alert").count() == 0
