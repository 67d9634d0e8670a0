"""What follows a concern, by its forms: a decision, a consent, a line that is down; and the trust's own first page."""

from playwright.async_api import Request, Route, expect

from shared.contracts.words import Role, TrustRole
from tests.browser.conftest import PHONE, SCHEMES, WIDTHS, Site, Window, shoot
from tests.browser.test_drafts import STORED, begun, logged

DECIDED = "We wait until Friday, and <b>look</b> at it again."
RANG = 'Rang home. His aunt said "he told me <that> as well".'


async def sound_at_both(window: Window, name: str) -> None:
    for width, size in WIDTHS.items():
        for scheme in SCHEMES:
            await window.page.set_viewport_size(size)
            await window.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            await window.is_sound()
            await shoot(window, f"{name}-{width}-{scheme}")


async def test_r1_r87_a_decision_and_a_consent_are_recorded_by_hand_and_an_action_outlives_a_lost_line(
    site: Site,
) -> None:
    marsh = await site.house.people["marsh"].sign_in()
    about = [{"pupil_id": str(site.house.pupils[name]), "part": "subject"} for name in ("Rowan", "Ife")]
    concern = await marsh.log(pupils=about)
    async with site.window() as window:
        page = window.page
        await window.sign_in(site.house.people["haddad"], sure=False)
        await window.elevate()
        await window.go(f"/incidents/{concern}")
        await page.get_by_role("link", name="Record a decision").click()
        await page.get_by_role("button", name="Record decision").click()
        await page.get_by_role("alert").get_by_role("link").first.wait_for()
        await sound_at_both(window, "decision-wrong")
        await page.get_by_role("radio", name="Not to refer").check()
        await page.get_by_label("What was decided?").fill(DECIDED)
        await page.get_by_label("What else was possible?").fill("To refer it today.")
        await page.get_by_label("Why?").fill("It is in hand.")
        await page.get_by_label("Ife Adeyemi").check()
        await page.get_by_role("button", name="Record decision").click()
        await page.wait_for_url(f"**/incidents/{concern}")
        await page.get_by_text(DECIDED).wait_for()
        await page.get_by_role("link", name="Record consent").click()
        await page.get_by_role("button", name="Record consent").click()
        await page.get_by_role("alert").get_by_role("link").first.wait_for()
        await sound_at_both(window, "consent-wrong")
        await page.get_by_role("radio", name="Not sought").check()
        await page.get_by_label("on which ground").select_option("Asking would put the child at risk")
        await page.get_by_role("button", name="Record consent").click()
        await page.wait_for_url(f"**/incidents/{concern}")
        await page.get_by_text("Asking would put the child at risk").first.wait_for()
        await sound_at_both(window, "decided")
        # An action that is sent while the line is down: said, kept in the page alone, and sent once.
        await page.get_by_role("link", name="Add action").click()
        await page.get_by_label("What was done").fill("Rang")
        await window.context.set_offline(True)
        await page.get_by_text("No connection.").wait_for()
        await page.get_by_label("What was done").fill(RANG)
        for _ in range(2):
            await page.get_by_role("button", name="Add action").click()
        await page.get_by_text("is sent once when the line is back").wait_for()
        await window.is_sound()
        await shoot(window, "no-line")
        assert await page.evaluate(STORED) == [[], []]
        await window.context.set_offline(False)
        await page.locator(".trail").get_by_text(RANG).wait_for()
        # What is seen once may have been sent twice: the record says.
        read = (await site.house.people["okafor"].get(f"/incidents/{concern}")).json()
        assert [action["text"] for action in read["actions"]] == [RANG]
        assert [one["what"] for one in read["decisions"]] == [DECIDED]


async def test_r55_what_was_sent_and_whose_answer_was_lost_is_one_incident(site: Site) -> None:
    """The line goes down between the concern and its answer: it was recorded, and is not recorded again."""
    lost: list[Request] = []

    async def lose(route: Route) -> None:
        if lost:
            await route.continue_()
            return
        lost.append(route.request)
        await route.fetch(max_redirects=0)
        await route.abort("connectionreset")

    async with site.window(viewport=PHONE) as window:
        await window.sign_in(site.house.people["walsh"])
        page = await begun(window, "Sent over a line that went.")
        await page.get_by_role("button", name="Check and submit").click()
        await page.get_by_role("button", name="Submit concern").wait_for()
        await page.route("**/submit", lose)
        await page.get_by_role("button", name="Submit concern").click()
        await page.get_by_role("heading", name="is recorded").wait_for()
        assert len(lost) == 1
        assert [one["narrative"] for one in await logged(site)] == ["Sent over a line that went."]


async def test_those_of_the_trust_see_their_schools_in_figures_and_no_child(site: Site) -> None:
    house = site.house
    await house.add("lead", trust_role=TrustRole.TRUST_SAFEGUARDING_LEAD)
    await house.add("grant", trust_role=TrustRole.TRUST_ADMINISTRATOR)
    await house.add("boyle", Role.HEAD, school_id=house.harbour)
    walsh = await house.people["walsh"].sign_in()
    await walsh.log()
    for name in ("lead", "grant"):
        async with site.window(viewport=PHONE) as window:
            page = window.page
            await window.sign_in(house.people[name], sure=False)
            await window.give_code()
            await page.wait_for_url("**/my")
            await page.get_by_text("With elevated access you see how each of your schools stands.").wait_for()
            await window.is_sound()
            # The code they signed in with is good once; what comes next is another.
            await page.get_by_role("link", name="Give a code").click()
            await window.give_code()
            table = page.get_by_role("table", name="How each school stands")
            await table.wait_for()
            assert await table.get_by_role("rowheader").all_inner_texts() == ["Harbour", "Oakfield"]
            heads = ["School", "Unread alerts", "Actions due", "Duties due", "Over their time"]
            assert await table.get_by_role("columnheader").all_inner_texts() == heads
            assert "Rowan" not in await page.content()
            await expect(page.get_by_role("link", name="Add incident")).to_have_count(0)
            await sound_at_both(window, f"trust-{name}")


async def test_back_after_signing_out_shows_nothing_of_any_page(site: Site) -> None:
    """Neither from the browser's cache nor from what it keeps of a page that was left."""
    marsh = await site.house.people["marsh"].sign_in()
    concern = await marsh.log(narrative="A torn sleeve.")
    paths = ("/my", f"/children/{site.house.pupils['Rowan']}", f"/incidents/{concern}")
    async with site.window() as window:
        page = window.page
        await window.sign_in(site.house.people["haddad"], sure=False)
        await window.elevate()
        for path in paths:
            await window.go(path)
        await page.get_by_text("A torn sleeve.").wait_for()
        await page.get_by_role("button", name="Sign out").click()
        await page.wait_for_url("**/signed-out")
        for _ in paths:
            await page.go_back()
            await page.get_by_role("heading", name="Sign in").wait_for()
            assert not [word for word in ("sleeve", "Rowan", "Haddad") if word in await page.content()]
        left = {cookie.get("name") for cookie in await window.context.cookies()}
        assert not left & {"heed_session", "heed_csrf"}
        assert await page.evaluate(STORED) == [[], []]
