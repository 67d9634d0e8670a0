"""The audit by its page, and taken away as a table."""

import csv
import io

from tests.browser.conftest import DESK, PHONE, Site, shoot


async def test_r121_a_lead_dsl_reads_the_audit_and_takes_it_away(site: Site) -> None:
    walsh = await site.house.people["walsh"].sign_in()
    await walsh.log()
    async with site.window() as window:
        page = window.page
        await window.sign_in(site.house.people["okafor"], sure=False)
        await window.elevate()
        await page.get_by_role("link", name="Audit").click()
        for viewport in (PHONE, DESK):
            await page.set_viewport_size(viewport)
            await window.is_sound()
            await shoot(window, f"audit-{viewport['width']}")
        await page.get_by_role("link", name="Ms Walsh").first.click()
        assert set(await page.get_by_role("rowheader").all_inner_texts()) <= {"Ms Walsh", "Ms Walsh\nelevated"}
        async with page.expect_download() as taken:
            await page.get_by_role("link", name="Take these rows away").click()
        with open(await (await taken.value).path(), encoding="utf-8-sig", newline="") as file:  # noqa: ASYNC230
            rows = list(csv.DictReader(io.StringIO(file.read())))
        assert {row["Who"] for row in rows} == {"Ms Walsh"}
        await page.get_by_label("About").select_option("Incidents")
        await page.get_by_role("button", name="Show").click()
        assert "kind=incident" in page.url
        assert "staff_id=" in page.url
        await window.is_sound()
