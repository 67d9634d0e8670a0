"""How somebody uses a page: with a pointer, or by the keyboard alone with the focus to be seen at every step."""

from playwright.async_api import Locator, Page

SEEN = """() => {
  const element = document.activeElement;
  // A box to tick is drawn by its label: the field itself is there for keys and screen readers alone.
  const drawn = getComputedStyle(element).opacity === "0" ? [element.labels[0], "::before"] : [element];
  const style = getComputedStyle(...drawn);
  const shown = style.outlineStyle + style.boxShadow;
  return element === document.body || shown !== "nonenone" ? "" : element.outerHTML.slice(0, 200);
}"""
FURTHEST = 250  # presses of the Tab key until something that is on the page has to be reached


class Pointer:
    """Touches what is meant."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def press(self, what: Locator) -> None:
        await what.click()

    async def tick(self, what: Locator) -> None:
        await what.check()

    async def type(self, where: Locator, text: str) -> None:
        await where.fill(text)

    async def choose(self, where: Locator, label: str) -> None:
        await where.select_option(label=label)


class Keys(Pointer):
    """No pointer: Tab to get there, then the keys of what is there."""

    async def press(self, what: Locator) -> None:
        await self.reach(what)
        await self.page.keyboard.press("Enter")

    async def tick(self, what: Locator) -> None:
        await self.reach(what)
        await self.page.keyboard.press("Space")

    async def type(self, where: Locator, text: str) -> None:
        await self.reach(where)
        await self.page.keyboard.type(text)

    async def choose(self, where: Locator, label: str) -> None:
        await self.reach(where)
        await self.page.keyboard.type(label[:6])

    async def reach(self, what: Locator) -> None:
        await what.wait_for()
        for _ in range(FURTHEST):
            if await what.evaluate("(element) => element === document.activeElement"):
                return
            await self.page.keyboard.press("Tab")
            hidden = await self.page.evaluate(SEEN)
            assert hidden == "", f"the focus is not to be seen on {hidden}"
        raise AssertionError(f"{what} is not reached by the Tab key on {self.page.url}")
