"""`python -m bench.pages`: how soon a page is painted, beside the same page from a server that does nothing else.

A demonstration is opened, its pages are asked for by Chromium with everything they are made with already kept, and so
is the same HTML from a bare server. Times are those of the browser: from the navigation to the first paint.
"""

import asyncio
import shutil
import statistics
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Page, async_playwright
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from deploy.process import answer, open_door
from deploy.screenshots import DSL, house, sign_in

PATHS = ("/my", "/incidents/new", "/children", "/settings/rules", "/audit")
ROUNDS = 15
_PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"


@asynccontextmanager
async def bare(pages: dict[str, str]) -> AsyncIterator[str]:
    """The same HTML, from memory."""

    async def page(request: Request) -> HTMLResponse:
        return HTMLResponse(pages[request.url.path])

    door, stop = open_door("127.0.0.1", 0), asyncio.Event()
    serving = asyncio.create_task(answer(Starlette(routes=[Route("/{path:path}", page)]), door, stop))
    try:
        yield f"http://localhost:{door.getsockname()[1]}"
    finally:
        stop.set()
        await serving


async def painted(page: Page, address: str) -> float:
    """Milliseconds until the first paint; the median of several rounds."""
    times = []
    for _ in range(ROUNDS):
        await page.goto(address, wait_until="load")
        found = await page.evaluate(_PAINTED)
        if found is not None:
            times.append(found)
    return float(statistics.median(times))


async def main() -> None:
    async with house() as address, async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"), args=["--no-sandbox"]
        )
        page = await (await browser.new_context(viewport={"width": 360, "height": 740})).new_page()
        await sign_in(page, address, DSL)
        found, kept = {}, {}
        for path in PATHS:
            found[path] = await painted(page, address + path)
            # Its parts from where they are: only who makes the HTML differs.
            kept[path] = (await page.content()).replace('"/assets/', f'"{address}/assets/')
        async with bare(kept) as plain:
            for path in PATHS:
                beside = await painted(page, plain + path)
                print(f"{path:18} {found[path]:6.0f} ms, bare {beside:6.0f} ms, {found[path] / beside:4.2f} times")
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
