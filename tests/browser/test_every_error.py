"""Forms that are sent with nothing filled in: each error is one key away from the summary, and the page is sound."""

import re

from playwright.async_api import TimeoutError as TookTooLong

from tests.browser.conftest import Site
from tests.browser.full_house import filled, named, sound, visiting

# A form, and what sends it with nothing filled in.
EMPTY_FORMS = (
    ("/sign-in", "Sign in"),
    ("/password/forgotten", "Send me a link"),
    ("/elevate", "Go on"),
    ("/children", "Find"),
    ("/search", "Search"),
    ("/break-glass", "Find"),
    ("/incidents/new", "Check and submit"),
    ("/incidents/{incident_id:uuid}/actions", "Add action"),
    ("/incidents/{incident_id:uuid}/review", "Take under review"),
    ("/incidents/{incident_id:uuid}/close", "Close incident"),
    ("/incidents/{incident_id:uuid}/decisions", "Record decision"),
    ("/incidents/{incident_id:uuid}/consents", "Record consent"),
    ("/incidents/{incident_id:uuid}/alerts", "Alert them"),
    ("/incidents/{incident_id:uuid}/correct", "Correct incident"),
    ("/incidents/{incident_id:uuid}/actions/{action_id:uuid}/done", "It is done"),
    ("/alerts/{alert_id:uuid}/of-others/withdraw", "Withdraw this alert"),
    ("/children/{child_id}", "Keep the names apart"),
    ("/children/{child_id}", "Take the mark away"),
    ("/settings/categories", "Add the category"),
    ("/settings/groups/new", "Save the group"),
    ("/settings/rules/new", "Save the rule"),
    ("/settings/staff/new", "Send the invitation"),
    ("/settings/staff/file", "Try it"),
    ("/settings/roll", "Try it"),
    ("/settings/kiosks", "Register it"),
    ("/settings/shields", "Find"),
    ("/settings/webhooks", "Add it"),
    ("/me/tokens", "Make token"),
    ("/me", "Say so"),
)


async def test_every_error_is_reached_from_the_summary(site: Site) -> None:
    """By each link of the summary to the very field, which is to be seen and says what is wrong with it."""
    things, turn, wrong = await filled(site), 0, []
    incident = things.paths["/incidents/{incident_id:uuid}"]
    async with visiting(site, site.house.people["okafor"]) as window:
        page = window.page
        for path, button in EMPTY_FORMS:
            address = things.paths.get(path, path.replace("/incidents/{incident_id:uuid}", incident))
            await window.go(address)
            sending = page.get_by_role("main").locator("button", has_text=re.compile(f"^{button}$")).last
            if not await sending.count():
                wrong.append(f"{address}: there is no button {button}")
                continue
            await sending.evaluate(UNFOLD)
            await sending.click()
            window.said.clear()
            summary = page.locator(".govuk-error-summary")
            try:
                await summary.wait_for()
            except TookTooLong:
                wrong.append(f"{address}: {button} with nothing filled in shows no summary")
                continue
            if not await summary.evaluate("(summary) => summary.contains(document.activeElement)"):
                wrong.append(f"{address}: {button} leaves the focus elsewhere")
            await sound(window, f"wrong-{named(address)}", turn)
            turn += 1
            for link in await summary.get_by_role("link").all():
                await link.click()
                found = await page.evaluate(REACHED, await link.get_attribute("href"))
                if found:
                    wrong.append(f"{address}: {await link.inner_text()}: {found}")
    assert wrong == []


UNFOLD = """(button) => {
  for (const one of document.querySelectorAll("details")) one.open ||= one.contains(button);
}"""
REACHED = """(href) => {
  const field = document.activeElement;
  if (`#${field.id}` !== href) return `${href} is not reached, the focus is on ${field.outerHTML.slice(0, 150)}`;
  if (!field.matches("input, select, textarea, [tabindex]")) return `${href} is nothing to fill in`;
  const box = (field.labels?.[0] ?? field).getBoundingClientRect();
  return box.width > 0 && box.bottom > 0 && box.top < innerHeight ? "" : `${href} is not to be seen`;
}"""
