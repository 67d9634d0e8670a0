"""`make screenshots`: every page of the demonstration, at two widths and in both schemes, into docs/screenshots.

Starts a house of its own in a folder that goes away again, signs in as its people, and looks.
"""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

import httpx
import pyotp
from playwright.async_api import Browser, Page, async_playwright

from deploy.demo.people import PASSWORD, find
from deploy.process import open_door

FOLDER = Path(os.environ.get("HEED_SHOTS") or Path(__file__).parent.parent / "docs" / "screenshots")
WIDTHS = {"phone": (360, 740), "desk": (1280, 900)}
SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
DSL, ASSISTANT, TEACHER = (f"{name}@oakfield.example" for name in ("ada.okafor", "dee.walsh", "carys.bevan"))
TRUST_LEAD = "ruth.fernandes@rivermead.example"
PATIENCE = 240.0
LONGEST_SHOT = 1_600
"""Pixels: a longer page is cut, it is there to be looked at."""

Step = Callable[[Page, str], Awaitable[None]]


async def _open_first(page: Page, address: str, selector: str) -> None:
    await page.goto(address)
    await page.locator(selector).first.click()


async def _first_alert(page: Page, address: str) -> None:
    await _open_first(page, f"{address}/my", 'a[href*="/alerts/"]')


async def _a_child(page: Page, address: str) -> None:
    await page.goto(f"{address}/children")
    await page.get_by_label("Name").fill("a")
    await page.get_by_text("By UPN or class").click()
    await page.get_by_label("Class", exact=True).fill("4B")
    await page.get_by_label("Name").fill("")
    await page.get_by_role("button", name="Find", exact=True).click()
    newest = page.locator(".found a", has_text="Last entry").first
    await newest.click()


def _at(path: str) -> Step:
    async def go(page: Page, address: str) -> None:
        await page.goto(address + path)

    return go


async def _sign_in_refused(page: Page, address: str) -> None:
    await page.goto(f"{address}/sign-in?school=oakfield")
    await page.get_by_label("E-mail address").fill(DSL)
    await page.get_by_label("Password", exact=True).fill("not this one")
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await page.get_by_role("alert").first.wait_for()


async def _nothing_written(page: Page, address: str) -> None:
    await page.goto(f"{address}/incidents/new")
    await page.get_by_role("button", name="Check and submit").click()
    await page.get_by_role("alert").first.wait_for()


async def _written(page: Page, address: str) -> None:
    await page.goto(f"{address}/incidents/new")
    await page.get_by_role("combobox", name="The child’s name").fill("row")
    await page.get_by_role("option", name="4B").click()
    await page.get_by_role("textbox", name="What happened?").fill("Rowan was aggressive. He said “I am not hungry”.")
    await page.get_by_text("is an opinion").wait_for()
    await page.get_by_label("Welfare Concern", exact=True).check()
    await page.get_by_text("Add a mark to the body map").click()
    await page.locator("[data-plate] svg:visible").click(position={"x": 190, "y": 180})
    await page.get_by_label("What you see").select_option("Bruise")
    await page.get_by_text("Ms Okafor", exact=True).first.wait_for()


async def _checked(page: Page, address: str) -> None:
    await page.get_by_role("button", name="Check and submit").click()
    await page.get_by_role("heading", name="Check and submit").wait_for()


async def _submitted(page: Page, address: str) -> None:
    await page.get_by_role("button", name="Submit concern").click()
    await page.get_by_text("been told").wait_for()


def _to(step: str) -> Step:
    async def go(page: Page, address: str) -> None:
        await _first_alert(page, address)
        await page.locator(f'a[href*="/{step}?version="]').first.click()

    return go


async def _looked_at(page: Page, address: str) -> None:
    await _a_child(page, address)
    await page.get_by_role("link", name="Who has looked").click()
    await page.get_by_role("heading", name="Who has looked").wait_for()


async def _search_found(page: Page, address: str) -> None:
    await page.goto(f"{address}/search")
    await page.get_by_label("Words").fill("home")
    await page.get_by_role("button", name="Search", exact=True).click()
    await page.get_by_role("heading", name="that you may see").wait_for()


async def _hidden(page: Page, address: str) -> None:
    await page.goto(f"{address}/my")
    await page.get_by_role("button", name="Hide", exact=True).click()


# name, whose (nobody for who is not signed in), and how to get there
PAGES: tuple[tuple[str, str | None, Step], ...] = (
    ("sign-in", None, _at("/sign-in?school=oakfield")),
    ("sign-in-refused", None, _sign_in_refused),
    ("forgotten-password", None, _at("/password/forgotten")),
    ("dashboard-teacher", TEACHER, _at("/my")),
    ("add-incident", ASSISTANT, _at("/incidents/new")),
    ("add-incident-errors", ASSISTANT, _nothing_written),
    ("add-incident-written", ASSISTANT, _written),
    ("check-and-submit", ASSISTANT, _checked),
    ("submitted", ASSISTANT, _submitted),
    ("me", ASSISTANT, _at("/me")),
    ("tokens", ASSISTANT, _at("/me/tokens")),
    ("second-factor", ASSISTANT, _at("/second-factor")),
    ("hidden", ASSISTANT, _hidden),
    ("dashboard-trust", TRUST_LEAD, _at("/my")),
    ("dashboard-dsl", DSL, _at("/my")),
    ("alert", DSL, _first_alert),
    *(
        (f"further-{step}", DSL, _to(step))
        for step in ("actions", "alerts", "decisions", "consents", "close", "correct")
    ),
    ("alerts", DSL, _at("/alerts")),
    ("to-do", DSL, _at("/my/duties")),
    ("elevated", DSL, _at("/elevated")),
    ("find-a-child", DSL, _at("/children")),
    ("child", DSL, _a_child),
    ("looked-at", DSL, _looked_at),
    ("search", DSL, _search_found),
    ("settings", DSL, _at("/settings")),
    ("settings-categories", DSL, _at("/settings/categories")),
    ("settings-rules", DSL, _at("/settings/rules")),
    ("settings-times", DSL, _at("/settings/times")),
    ("settings-staff", DSL, _at("/settings/staff")),
    ("settings-roll", DSL, _at("/settings/roll")),
    ("settings-kiosks", DSL, _at("/settings/kiosks")),
    ("settings-groups", DSL, _at("/settings/groups")),
    ("settings-agencies", DSL, _at("/settings/lists/agencies")),
    ("settings-places", DSL, _at("/settings/lists/locations")),
    ("settings-school", DSL, _at("/settings/school")),
    ("settings-shields", DSL, _at("/settings/shields")),
    ("settings-webhooks", DSL, _at("/settings/webhooks")),
    ("settings-invite", DSL, _at("/settings/staff/new")),
    ("settings-staff-file", DSL, _at("/settings/staff/file")),
    ("audit", DSL, _at("/audit")),
    ("break-glass", DSL, _at("/break-glass")),
    ("kiosk", None, _at("/kiosk")),
    ("api-in-words", None, _at("/api/v1/docs")),
    ("captured-mail", None, _at("/demo/mail")),
    ("not-found", DSL, _at("/nowhere")),
)


@asynccontextmanager
async def house() -> AsyncIterator[str]:
    """A demonstration that was opened just now, for as long as the block; its address."""
    door = open_door("127.0.0.1", 0)
    port = door.getsockname()[1]
    door.close()
    data = await asyncio.to_thread(tempfile.mkdtemp, prefix="heed-shots-")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "deploy.cli",
        "up",
        env={"HEED_DATA": data, "HEED_PORT": str(port), **_path()},
        stdout=subprocess.DEVNULL,
    )
    address = f"http://localhost:{port}"
    try:
        await _answers(f"{address}/sign-in", process)
        yield address
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        await process.wait()
        await asyncio.to_thread(shutil.rmtree, data, ignore_errors=True)


def _path() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("HEED_")}


async def _answers(address: str, process: asyncio.subprocess.Process) -> None:
    until = time.monotonic() + PATIENCE
    async with httpx.AsyncClient(trust_env=False) as http:
        while time.monotonic() < until:
            if process.returncode is not None:
                raise SystemExit("The demonstration did not start; see what `heed up` says.")
            try:
                if (await http.get(address)).is_success:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.5)
    raise SystemExit("The demonstration did not answer within four minutes.")


async def sign_in(page: Page, address: str, name: str) -> None:
    """With elevated access at once: the code is good once, and stands for both."""
    person = find(name)
    assert person is not None, name
    await page.goto(f"{address}/sign-in")
    await page.get_by_label("E-mail address").fill(person.email)
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await page.wait_for_load_state()
    await page.goto(f"{address}/elevate")
    await page.get_by_label("Code from your authenticator app").fill(pyotp.TOTP(person.totp_secret).now())
    await page.get_by_role("button", name="Go on").click()
    await page.wait_for_url("**/my")


async def shoot(browser: Browser, address: str, folder: Path) -> None:
    for name in dict.fromkeys(person for _, person, _ in PAGES):
        context = await browser.new_context(locale="en-GB", timezone_id="Europe/London", reduced_motion="reduce")
        page = await context.new_page()
        if name is not None:
            await sign_in(page, address, name)
        for title, person, step in PAGES:
            if person == name:
                await step(page, address)
                await _both_ways(page, title, folder)
        await context.close()


async def _both_ways(page: Page, title: str, folder: Path) -> None:
    for width, (across, down) in WIDTHS.items():
        for scheme in SCHEMES:
            await page.emulate_media(color_scheme=scheme)
            await page.set_viewport_size({"width": across, "height": down})
            # As high as the page: what sticks to the foot of the window is then at the foot of the page.
            height = await page.evaluate("document.documentElement.scrollHeight")
            await page.set_viewport_size({"width": across, "height": max(down, min(height, LONGEST_SHOT))})
            await page.screenshot(path=folder / f"{title}-{width}-{scheme}.png")
    print(title, flush=True)


async def main() -> None:
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        raise SystemExit("Needs Chromium (Debian: apt install chromium).")
    await asyncio.to_thread(FOLDER.mkdir, parents=True, exist_ok=True)
    given = sys.argv[1] if len(sys.argv) > 1 else None
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        if given:
            await shoot(browser, given.rstrip("/"), FOLDER)
        else:
            async with house() as address:
                await shoot(browser, address, FOLDER)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
