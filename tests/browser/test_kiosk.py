"""A school's shared device: made a kiosk by its token, used by everybody to log, and never to read (R43, C15)."""

from tests.browser.conftest import PHONE, Site, Window, shoot
from tests.browser.test_add_incident import everywhere
from tests.gateway.conftest import PASSWORD, Person


async def made_a_kiosk(site: Site, window: Window) -> None:
    made = await site.house.people["okafor"].post("/kiosks", json={"name": "Staff room"})
    page = await window.go("/kiosk")
    await everywhere(window)
    await page.get_by_label("The device’s token").fill("heed_kiosk_of_nobody")
    await page.get_by_role("button", name="Make it a kiosk").click()
    await page.get_by_role("alert").wait_for()
    await page.get_by_label("The device’s token").fill(made.json()["token"])
    await page.get_by_role("button", name="Make it a kiosk").click()
    await page.get_by_role("heading", name="Log a concern").wait_for()


async def identify(window: Window, person: Person) -> None:
    await window.page.get_by_label("E-mail address").fill(person.email)
    await window.page.get_by_label("Password", exact=True).fill(PASSWORD)
    await window.page.get_by_role("button", name="Go on").click()
    await window.page.get_by_role("heading", name="Add incident").wait_for()


async def test_r43_c15_one_logs_on_a_kiosk_reads_nothing_and_is_gone(site: Site) -> None:
    walsh = site.house.people["walsh"]
    async with site.window(viewport=PHONE) as window:
        await made_a_kiosk(site, window)
        page = window.page
        await shoot(window, "kiosk-start")
        window.said.clear()
        await everywhere(window)
        await identify(window, walsh)
        await page.get_by_text("You are writing as Ms Walsh").wait_for()
        assert await page.get_by_role("navigation", name="Heed").get_by_role("link").count() == 0
        await page.get_by_role("combobox", name="The child’s name").fill("row")
        await page.get_by_role("listbox").get_by_role("option").first.click()
        await page.get_by_role("textbox", name="What happened?").fill('Rowan said "no".')
        await page.get_by_label("Welfare Concern", exact=True).check()
        await shoot(window, "kiosk-write")
        await everywhere(window)
        await page.get_by_role("button", name="Check and submit").click()
        await page.get_by_role("link", name="Change what happened").click()
        assert await page.get_by_role("textbox", name="What happened?").input_value() == 'Rowan said "no".'
        await page.get_by_role("button", name="Check and submit").click()
        await page.get_by_role("button", name="Submit concern").click()
        await page.get_by_role("heading", name="is recorded").wait_for()
        await shoot(window, "kiosk-recorded")
        await everywhere(window)
        # Nobody is signed in, and by itself the page goes back to the start.
        assert await page.evaluate("document.body.innerText.includes('Rowan')") is False
        answer = await window.context.request.get(page.url)
        assert answer.headers["refresh"] == "20; url=/kiosk"
        await page.go_back()
        await page.get_by_role("heading", name="Log a concern").wait_for()


async def test_c15_every_other_page_is_closed_on_a_kiosk_and_who_walks_away_is_signed_out(site: Site) -> None:
    async with site.window(java_script_enabled=False) as window:
        await made_without_scripts(site, window)
        await identify(window, site.house.people["okafor"])
        for path in ("/my", "/alerts", "/children", "/search", "/settings", "/audit", "/me", "/elevate"):
            answer = await window.page.goto(site.address + path)
            assert answer is not None
            assert answer.status == 403, path
        # Not even by signing in as on any other device.
        for path in ("/kiosk", "/sign-in", "/sign-in?next=/children"):
            await window.go(path)
            await window.page.get_by_role("heading", name="Log a concern").wait_for()
        await window.go("/incidents/new")
        await window.page.get_by_role("heading", name="Log a concern").wait_for()


async def made_without_scripts(site: Site, window: Window) -> None:
    made = await site.house.people["okafor"].post("/kiosks", json={"name": "Hall"})
    await window.go("/kiosk")
    await window.page.get_by_label("The device’s token").fill(made.json()["token"])
    await window.page.get_by_role("button", name="Make it a kiosk").click()
