"""What a page costs a phone: at most 200 kB on the line with its fonts, all of it from Heed itself, twice for free."""

from typing import Any

from tests.browser.conftest import PHONE, Site

MOST_BYTES = 200_000


async def test_a_page_is_light_asks_nobody_else_and_keeps_what_it_is_made_with(site: Site) -> None:
    haddad = await site.house.people["haddad"].sign_in()
    await haddad.log()
    async with site.window(viewport=PHONE) as window:
        page = window.page
        await window.sign_in(site.house.people["okafor"], sure=False)
        await window.elevate()
        line = await window.context.new_cdp_session(page)
        await line.send("Network.enable")
        asked: dict[str, str] = {}
        bytes_of: dict[str, float] = {}
        line.on("Network.requestWillBeSent", lambda event: asked.update({event["requestId"]: event["request"]["url"]}))

        def finished(event: dict[str, Any]) -> None:
            bytes_of[event["requestId"]] = event["encodedDataLength"]

        line.on("Network.loadingFinished", finished)
        for path in ("/my", "/incidents/new", f"/children/{site.house.pupils['Rowan']}"):
            await line.send("Network.clearBrowserCache")
            asked.clear()
            bytes_of.clear()
            await page.goto(site.address + path, wait_until="networkidle")
            assert {url.startswith((site.address, "data:")) for url in asked.values()} == {True}, asked
            assert 20_000 < sum(bytes_of.values()) < MOST_BYTES, {asked[one]: size for one, size in bytes_of.items()}
            once = len(asked)
            await page.reload(wait_until="networkidle")
            again = [url for url in list(asked.values())[once:] if "/assets/" in url]
            told = await page.evaluate(
                "performance.getEntriesByType('resource').filter((e) => e.name.includes('/assets/') && e.transferSize)"
                ".map((e) => e.name)"
            )
            assert told == [], (again, told)
