"""Add incident by hand: with and without scripts, on a phone, by the keyboard, over lost lines and closed tabs."""

from tests.browser.conftest import PHONE, Site, shoot

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
