"""`python -m bench.pages`: how soon a page is painted, beside the same page from a server that does nothing else.

A demonstration is opened, its pages are asked for by Chromium with everything they are made with already kept, and so
is the same HTML from a bare server. Times are those of the browser: from the navigation to the first paint. How busy
the machine was stands at the end: on a busy one these are not to be read. What the house spent of the processor each
time stands beside them, and tells more then.
"""

import asyncio
import os
import shutil
import statistics
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import psutil
from playwright.async_api import Page, async_playwright
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from deploy.process import answer, open_door, run
from deploy.screenshots import DSL, house, sign_in
from services.gateway.pages import serving

PATHS = ("/my", "/incidents/new", "/children", "/settings/rules", "/audit", "/search")
# Pages of one thing: where a link to it stands, and how it begins. The child is one the alert is about.
OF_ONE = (("/my", "/alerts/"), ("/alerts/", "/children/"), ("/audit", "/incidents/"))
ROUNDS = 15
_PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"


@asynccontextmanager
async def bare(pages: dict[str, str]) -> AsyncIterator[str]:
    """The same HTML, from memory."""

    async def page(request: Request) -> HTMLResponse:
        return HTMLResponse(pages[request.url.path])

    async def asset(request: Request) -> Response:
        return await serving.asset(request, **request.path_params)

    routes = [Route("/assets/{version}/{name:path}", asset), Route("/{path:path}", page)]
    door, stop = open_door("127.0.0.1", 0), asyncio.Event()
    answers = asyncio.create_task(answer(Starlette(routes=routes), door, stop))
    address = f"http://localhost:{door.getsockname()[1]}"
    try:
        await answering(address + next(iter(pages)))
        yield address
    finally:
        stop.set()
        await answers


async def answering(address: str) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        for _ in range(100):
            try:
                await http.get(address)
            except httpx.ConnectError:
                await asyncio.sleep(0.05)
            else:
                return
    raise SystemExit("The bare server did not answer.")


async def painted(page: Page, address: str) -> float:
    """Milliseconds until the first paint; the median of several rounds."""
    times: list[float] = []
    for _ in range(ROUNDS):
        await page.goto(address, wait_until="load")
        # Asked again and again: the page's own policy lets nothing be evaluated within it.
        while (found := await page.evaluate(_PAINTED)) is None:
            await page.wait_for_timeout(10)
        times.append(found)
    return statistics.median(times)


async def of_one(page: Page, address: str) -> dict[str, str]:
    """The pages of one alert, of a child it is about, and of an incident, each with what it is called here."""
    found: dict[str, str] = {}
    for where, begins in OF_ONE:
        await page.goto(address + found.get(where, where))
        link = page.locator(f"main a[href^='{begins}']").first
        found[begins] = str(await link.get_attribute("href")).partition("?")[0]
    return {path: f"{begins}…" for begins, path in found.items()}


def spent(port: int) -> float:
    """Milliseconds of the processor so far of the house that listens there; its database is not in it."""
    house = next(
        child
        for child in psutil.Process().children()
        if any(one.status == psutil.CONN_LISTEN and one.laddr.port == port for one in child.net_connections())
    )
    times = house.cpu_times()
    return float(times.user + times.system) * 1000


async def main() -> None:
    async with house() as address, async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"), args=["--no-sandbox"]
        )
        page = await (await browser.new_context(viewport={"width": 360, "height": 740})).new_page()
        await sign_in(page, address, DSL)
        called = {path: path for path in PATHS} | await of_one(page, address)
        port = int(address.rpartition(":")[2])
        found, took, kept = {}, {}, {}
        for path in called:
            before = spent(port)
            found[path] = await painted(page, address + path)
            took[path] = (spent(port) - before) / ROUNDS
            kept[path] = await page.content()
        async with bare(kept) as plain:
            for path, name in called.items():
                beside = await painted(page, plain + path)
                print(
                    f"{name:18} {found[path]:6.0f} ms, bare {beside:6.0f} ms, {found[path] / beside:4.2f} times, "
                    f"{took[path]:4.0f} ms of the processor"
                )
        await browser.close()
    print("load", *(round(load, 1) for load in os.getloadavg()))


if __name__ == "__main__":
    run(main())
