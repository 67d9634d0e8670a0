"""Shields by their page: raised and ended by who decides them, and what is left for whoever is shielded."""

from time import monotonic

from shared.contracts.words import Role
from tests.browser.conftest import DESK, PHONE, Site, Window, shoot

WORDS = "A torn sleeve, and he would not say how."
HIDDEN = ("sleeve", "Rowan")


async def searched(window: Window) -> str:
    await window.go("/search")
    await window.page.get_by_label("Words").fill("sleeve")
    await window.page.get_by_role("button", name="Search").click()
    await window.page.get_by_role("heading", name="that you may see").wait_for()
    return await window.page.content()


async def looked_up(window: Window) -> str:
    await window.go("/children")
    await window.page.get_by_label("Name").fill("Rowan")
    await window.page.get_by_role("button", name="Find").click()
    await window.page.get_by_role("heading", name="found").wait_for()
    return await window.page.locator("#found").inner_text()


async def test_c12_a_teacher_who_is_shielded_by_the_page_has_nothing_left_of_it(site: Site) -> None:
    house = site.house
    await house.add("boyle", Role.HEAD)
    await house.known()
    marsh, walsh = house.people["marsh"], await house.people["walsh"].sign_in()
    concern = await walsh.log(of="Attendance", narrative=WORDS, extra_staff_ids=[str(marsh.id)])
    async with site.window() as head, site.window() as teacher:
        for window, name in ((head, "boyle"), (teacher, "marsh")):
            await window.sign_in(house.people[name], sure=False)
            await window.elevate()
        # What is taken away was there: by the page, by the search and by the child's name.
        await teacher.go(f"/incidents/{concern}")
        await teacher.page.get_by_text(WORDS).wait_for()
        assert f"/incidents/{concern}" in await searched(teacher)
        assert await looked_up(teacher) == "1 child found"

        page = head.page
        await page.get_by_role("link", name="Settings").click()
        await page.get_by_role("link", name="Shields").click()
        await page.get_by_text("No shield that is yours to decide over.").wait_for()
        await page.get_by_label("Member of staff").fill("mar")
        await page.get_by_role("button", name="Find").click()
        await page.get_by_role("link", name="Enter a child’s name, or the number of a concern").click()
        await page.get_by_label("Child", exact=True).fill("row")
        await page.get_by_label("Or the number of a concern").fill("1")
        await page.get_by_role("button", name="Find").click()
        await page.get_by_role("button", name="Shield them").click()
        await page.get_by_role("link", name="Choose the child or the concern").wait_for()
        for viewport in (PHONE, DESK):
            await page.set_viewport_size(viewport)
            await head.is_sound()
            await shoot(head, f"shields-choose-{viewport['width']}")
        await page.get_by_label("Rowan Adeyemi").check()
        await page.get_by_label("Why").fill("Parent of this child")
        await page.get_by_role("button", name="Shield them").click()
        await page.get_by_text("Kept from Rowan Adeyemi").wait_for()
        assert page.url.endswith("/settings/shields")
        for viewport in (PHONE, DESK):
            await page.set_viewport_size(viewport)
            await head.is_sound()
            await shoot(head, f"shields-{viewport['width']}")

        for path in (f"/incidents/{concern}", f"/children/{house.pupils['Rowan']}", "/alerts", "/my"):
            await teacher.go(path)
            assert not [word for word in HIDDEN if word in await teacher.page.content()], path
        assert f"/incidents/{concern}" not in await searched(teacher)
        assert await looked_up(teacher) == "0 children found"
        # Who logs names any child; what is begun to be typed brings the name and nothing of what was written.
        picked = await (await teacher.context.request.get(f"{site.address}/api/v1/pupils?starts=row")).text()
        assert "Rowan" in picked
        assert str(concern) not in picked
        await teacher.go("/settings/shields")
        await teacher.page.get_by_text("the data protection officer or the trust safeguarding lead").wait_for()

        await page.get_by_role("button", name="End it for Ms Marsh").click()
        await page.get_by_text("No shield that is yours to decide over.").wait_for()
        # What a session may do is known for a second, here as everywhere.
        until = monotonic() + 10
        while WORDS not in await (await teacher.go(f"/incidents/{concern}")).content():
            assert monotonic() < until, "the shield has ended and still holds after ten seconds"
