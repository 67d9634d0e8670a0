"""Breaking the glass by the pages: one child's record, told to others, reviewed by one of them."""

from shared.contracts.words import Role
from tests.browser.conftest import PHONE, Site, shoot


async def test_a_record_is_read_behind_broken_glass_and_somebody_else_reviews_it(site: Site) -> None:
    lindqvist = await site.house.add("lindqvist", Role.SENCO)
    await site.house.known()
    haddad = await site.house.people["haddad"].sign_in()
    await haddad.log(of="Child Protection Incident", narrative="A mark on the arm, as wide as a belt.")
    async with site.window(viewport=PHONE) as window, site.window() as dsl:
        page = window.page
        await window.sign_in(lindqvist, sure=False)
        await window.elevate()
        await window.go(f"/children/{site.house.pupils['Rowan']}")
        assert await page.get_by_text("as wide as a belt").count() == 0
        await window.go("/break-glass")
        await window.is_sound()
        await page.get_by_label("Whose record must you read?").fill("row")
        await page.get_by_role("button", name="Find").click()
        await page.get_by_role("button", name="Break the glass for 30 minutes").click()
        await page.get_by_role("alert").get_by_role("link").first.wait_for()
        await window.is_sound()
        await shoot(window, "break-glass-errors")
        await page.get_by_label("A child is missing").check()
        await page.get_by_label("Say why it cannot wait").fill("The police ask where he may be; no DSL can be reached.")
        await page.get_by_role("button", name="Break the glass for 30 minutes").click()
        await page.get_by_text("You read this behind broken glass.").wait_for()
        await page.get_by_text("as wide as a belt").wait_for()
        await window.is_sound()
        await dsl.sign_in(site.house.people["okafor"], sure=False)
        await dsl.elevate()
        await dsl.go("/break-glass")
        await dsl.page.get_by_text("A child is missing").wait_for()
        await dsl.page.get_by_role("button", name="End it now").click()
        await dsl.page.get_by_label("It was needed").check()
        await dsl.page.get_by_label("What you have found").fill("I was on a train; it could not wait for me.")
        await dsl.is_sound()
        await shoot(dsl, "break-glass-review")
        await dsl.page.get_by_role("button", name="Record the review").click()
        await dsl.page.get_by_text("Reviewed", exact=True).wait_for()
        await window.go(f"/children/{site.house.pupils['Rowan']}")
        assert await page.get_by_text("as wide as a belt").count() == 0
