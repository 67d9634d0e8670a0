"""Me: what belongs to somebody themselves; and passkeys, by the browser's own authenticator."""

from datetime import UTC, datetime, timedelta

from playwright.async_api import expect

from shared.contracts.words import Role
from tests.browser.conftest import DESK, PHONE, Site, Window, shoot
from tests.gateway.conftest import PASSWORD


async def with_authenticator(window: Window) -> None:
    """A device that has asked for a finger already."""
    devtools = await window.context.new_cdp_session(window.page)
    await devtools.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "automaticPresenceSimulation": True}
    able = {"hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}
    await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {**kind, **able}})


async def test_what_belongs_to_somebody_is_in_their_own_hands(site: Site) -> None:
    price = await site.house.add("price", Role.DEPUTY_DSL)
    await site.house.add("price", Role.DEPUTY_DSL, school_id=site.house.harbour)
    await price.sign_in("password")
    async with site.window(viewport=PHONE) as window:
        page = window.page
        await window.sign_in(price)
        await window.go("/me")
        await window.is_sound()
        await shoot(window, "me-phone")
        # The session on the other device.
        await page.get_by_role("button", name="End the session on").click()
        await expect(page.get_by_role("button", name="End the session on")).to_have_count(0)
        assert (await price.get("/me")).status_code == 401
        # Away, with a deputy who is found by name.
        await page.get_by_text("Say that you are away").click()
        await page.get_by_label("Last day away").fill((datetime.now(UTC) + timedelta(days=9)).date().isoformat())
        await page.get_by_label("Who is alerted in your place?").fill("Nobody")
        await page.get_by_role("button", name="Say so").click()
        await expect(page.get_by_role("link", name="Nobody else here has a name")).to_be_visible()
        window.said.clear()  # the browser notes the 422
        await window.is_sound()
        await page.get_by_label("Who is alerted in your place?").fill("Had")
        await page.get_by_role("button", name="Say so").click()
        await expect(page.get_by_text("Ms Haddad is alerted in your place.")).to_be_visible()
        await page.get_by_role("button", name="I am back").click()
        await expect(page.get_by_text("Say that you are away")).to_be_visible()
        # Mails that can wait.
        await page.get_by_label("One mail a day").check()
        await page.get_by_label("At", exact=True).fill("16:10")
        await page.get_by_label("Friday").uncheck()
        await page.get_by_role("button", name="Keep this").click()
        await expect(page.get_by_label("At", exact=True)).to_have_value("16:10")
        await expect(page.get_by_label("Friday")).not_to_be_checked()
        await expect(page.get_by_label("One mail a day")).to_be_checked()
        # A token needs elevated access, and is shown once.
        await page.get_by_role("link", name="Personal tokens").click()
        await window.give_code()
        await page.get_by_label("Name", exact=True).fill("Rota display")
        await page.get_by_role("button", name="Make token").click()
        await page.get_by_role("link", name="Choose at least one").click()
        await page.get_by_label("alert:read").check()
        await page.get_by_role("button", name="Make token").click()
        await expect(page.locator(".key")).to_contain_text("heed_pat_")
        window.said.clear()
        await window.is_sound()
        await shoot(window, "tokens-phone")
        await page.get_by_role("button", name="End Rota display").click()
        await expect(page.get_by_text("You have none.")).to_be_visible()
        # Another school.
        await window.go("/me")
        await page.get_by_label("The school you act in").select_option("Harbour")
        await page.get_by_role("button", name="Change school").click()
        await page.wait_for_url("**/my")
        await window.go("/me")
        await expect(page.locator("main")).to_contain_text("Harbour · deputy DSL")


async def test_a_passkey_is_added_signs_in_and_steps_up(site: Site) -> None:
    auth = site.house.services["auth"].api.state
    auth.settings = auth.settings.model_copy(update={"public_url": site.address})
    price = await site.house.add("price", Role.DEPUTY_DSL)
    async with site.window(viewport=DESK, scheme="dark") as window:
        page = window.page
        await with_authenticator(window)
        await window.sign_in(price)
        await window.elevate()
        await window.go("/me")
        await page.get_by_label("A name for a new passkey").fill("The office laptop")
        await page.get_by_role("button", name="Add a passkey").click()
        await expect(page.get_by_text("The office laptop").first).to_be_visible()
        await window.is_sound()
        await shoot(window, "me-desk")
        await page.get_by_role("button", name="Sign out").click()
        await window.go("/sign-in?next=/me")
        await window.is_sound()
        await shoot(window, "sign-in-passkey-desk")
        await page.get_by_role("button", name="Use a passkey").click()
        await page.wait_for_url("**/me")
        await expect(page.get_by_role("heading", name="Ms Price")).to_be_visible()
        await window.go("/elevate?next=/elevated")
        await page.get_by_role("button", name="Use a passkey").click()
        await page.wait_for_url("**/elevated")
        await expect(page.get_by_text("You have it until")).to_be_visible()
        await page.get_by_role("button", name="Sign out").click()
        await page.wait_for_url("**/signed-out")
        # In place of a code, after the password.
        await window.go("/sign-in?next=/me")
        await page.get_by_label("E-mail address").fill(price.email)
        await page.get_by_label("Password", exact=True).fill(PASSWORD)
        await page.get_by_role("button", name="Sign in", exact=True).click()
        await page.get_by_role("button", name="Use a passkey").click()
        await page.wait_for_url("**/me")
        await page.get_by_role("button", name="Remove The office laptop").click()
        await expect(page.get_by_role("heading", name="Elevated access")).to_be_visible()
