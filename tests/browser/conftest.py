"""A school in a real browser: the house of the gateway's tests behind a port, and people with windows of their own."""

import asyncio
import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest
from axe_playwright_python.async_playwright import Axe
from axe_playwright_python.base import AxeResults
from playwright.async_api import Browser, BrowserContext, Page, ViewportSize, async_playwright

from deploy.process import answer, open_door
from shared.contracts.words import Role
from tests.conftest import Cluster, cannot_have
from tests.gateway.conftest import PASSWORD, House, Person, house_over

PHONE, DESK = ViewportSize(width=360, height=740), ViewportSize(width=1280, height=900)
WIDTHS = {"phone": PHONE, "desk": DESK}
SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
LONGEST = 10_000.0  # milliseconds until something that was asked for has to be there


@dataclass
class Window:
    """One person's browser: a context of its own, with a page."""

    site: "Site"
    context: BrowserContext
    page: Page
    person: Person | None = None
    said: list[str] = field(default_factory=list)
    """What the console complained of: a refused script, a failed load."""

    def hear(self, kind: str, text: str) -> None:
        # A form that was not taken is a page with an error status, which Chromium notes as well.
        if kind == "error" and not re.search(r"status of (401|403|409|422)", text):
            self.said.append(text)

    async def go(self, path: str) -> Page:
        await self.page.goto(self.site.address + path)
        return self.page

    async def sign_in(self, person: Person, *, sure: bool = True) -> "Window":
        """As a person does it: by the page, with a password and, if `sure`, a code."""
        self.person = person
        await self.go("/sign-in")
        await self.page.get_by_label("E-mail address").fill(person.email)
        await self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        await self.page.get_by_role("button", name="Sign in").click()
        if sure:
            await self.give_code()
            await self.page.wait_for_url("**/my")
        return self

    async def give_code(self) -> None:
        assert self.person is not None
        await self.page.get_by_label("Code from your authenticator app").fill(self.person.code())
        await self.page.get_by_role("button", name="Go on").click()

    async def elevate(self) -> "Window":
        await self.go("/elevate")
        await self.give_code()
        await self.page.wait_for_url("**/my")
        return self

    async def is_sound(self) -> None:
        """No finding of axe, nothing wider than the window, nothing that the page's own policy refused."""
        if await self.page.evaluate("typeof axe === 'undefined'"):
            await self.page.evaluate(Axe().axe_script)
        found = AxeResults(await self.page.evaluate("axe.run(document, {resultTypes: ['violations']})"))
        assert found.violations_count == 0, f"{self.page.url}\n{found.generate_report()}"
        wide = await self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{self.page.url} is {wide} px wider than the window"
        assert self.said == []


@dataclass
class Site:
    """The house of the gateway's tests behind a port, and a browser to look at it with."""

    house: House
    address: str
    browser: Browser

    @asynccontextmanager
    async def window(
        self, *, viewport: ViewportSize = DESK, scheme: Any = "light", **options: Any
    ) -> AsyncIterator[Window]:
        options = {
            "viewport": viewport,
            "color_scheme": scheme,
            "locale": "en-GB",
            "timezone_id": "Europe/London",
            **options,
        }
        context = await self.browser.new_context(**options)
        context.set_default_timeout(LONGEST)
        page = await context.new_page()
        window = Window(self, context, page)
        page.on("console", lambda message: window.hear(message.type, message.text))
        page.on("pageerror", lambda problem: window.said.append(str(problem)))
        try:
            yield window
        finally:
            await context.close()


def chromium() -> str:
    found = os.environ.get("HEED_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        cannot_have("a browser", "neither chromium nor google-chrome is installed; or name one: HEED_TEST_CHROMIUM")
    assert found is not None
    return found


@pytest.fixture
async def site(empty_cluster: Cluster) -> AsyncIterator[Site]:
    """A lead DSL (okafor), a deputy (haddad), a teacher (marsh, of 4B), an assistant (walsh), all at work."""
    path = chromium()
    async with house_over(empty_cluster) as house, serving(house) as address, async_playwright() as playwright:
        await house.add("haddad", Role.DEPUTY_DSL)
        await house.add("marsh", Role.TEACHER, classes=("4B",))
        await house.add("walsh", Role.TEACHING_ASSISTANT)
        await house.alive()
        browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield Site(house, address, browser)
        finally:
            await browser.close()


@asynccontextmanager
async def serving(house: House) -> AsyncIterator[str]:
    """The gateway on a port that was free, in this process."""
    door, stop = open_door("127.0.0.1", 0), asyncio.Event()
    answering = asyncio.create_task(answer(house.gateway.api, door, stop))
    try:
        yield f"http://localhost:{door.getsockname()[1]}"
    finally:
        stop.set()
        await answering


SHOTS = os.environ.get("HEED_SHOTS", "")


async def shoot(window: Window, name: str) -> None:
    """For looking at a page while working on it: HEED_SHOTS names the folder."""
    if SHOTS:
        await window.page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)
