"""Finding a child and reading their record, as a DSL does it."""

from tests.browser.conftest import DESK, PHONE, SCHEMES, Site, shoot

SAID = 'Rowan said "<b>I</b> do not want to go home" & cried 😢 \u202eabc\u202c. Bruises on the left arm.'


WORDS = 'Two fingers wide. <i>He</i> said "it was the door" \u202eabc\u202c'


def marks(pupil_id: str) -> list[dict[str, object]]:
    """On the front, twice, and on the hands."""
    spot = {"pupil_id": pupil_id, "view": "front", "figure": "child", "kind": "bruise"}
    return [
        {**spot, "x": 0.75, "y": 0.324, "size_mm": 20, "colour": "yellow", "words": WORDS},
        {**spot, "x": 0.4, "y": 0.72},
        {**spot, "view": "hands", "x": 0.25, "y": 0.3, "kind": "cut"},
    ]


async def test_r6_r7_r92_r121_a_dsl_finds_a_child_by_sound_and_reads_everything_on_one_page(site: Site) -> None:
    marsh = await site.house.people["marsh"].sign_in()
    for day in (2, 9, 16):
        seen = marks(str(site.house.pupils["Rowan"]))[: day - 1]
        await marsh.log(narrative=SAID, occurred_at=f"2026-11-{day:02d}T12:40:00Z", marks=seen)
    await marsh.log(about="Ife", marks=marks(str(site.house.pupils["Ife"])))
    async with site.window() as window:
        page = window.page
        await window.sign_in(site.house.people["haddad"], sure=False)
        await window.elevate()
        await page.get_by_role("link", name="Find a child").click()
        await window.is_sound()
        await page.get_by_role("button", name="Find", exact=True).click()
        await page.get_by_role("link", name="Enter a name, a UPN or a class").click()
        await page.get_by_label("Name").fill("Rowen Addiyemi")
        await page.keyboard.press("Enter")
        await page.get_by_role("heading", name="1 child found").wait_for()
        assert "Rowen" not in page.url + await page.title()
        await window.is_sound()
        await shoot(window, "find")
        await page.get_by_role("link", name="Rowan Adeyemi").click()
        assert await page.title() == "Record – Heed"
        assert await page.locator(".entries > li > .words").first.text_content() == SAID
        await page.get_by_text("3 in 30 days: Welfare Concern").wait_for()
        # The body map over time: a figure for each incident and view with marks, the oldest first; the same in words.
        drawn = page.locator(".over-time figure")
        assert await drawn.locator("figcaption").all_inner_texts() == [
            *("2 November 2026\nFront", "9 November 2026\nFront", "9 November 2026\nHands"),
            *("16 November 2026\nFront", "16 November 2026\nHands"),
        ]
        assert [await one.locator(".pin").count() for one in await drawn.all()] == [1, 2, 1, 2, 1]
        assert await page.get_by_role("img", name="9 November 2026, front: 2 marks").count() == 1
        told = page.locator(".marked > li")
        assert await told.get_by_role("link").all_inner_texts() == ["Incident 1", "Incident 2", "Incident 3"]
        assert await told.locator(".said").first.text_content() == WORDS
        assert "cut" in await told.nth(1).get_by_role("listitem").nth(2).inner_text()
        for width, viewport in (("phone", PHONE), ("desk", DESK)):
            await page.set_viewport_size(viewport)
            for scheme in SCHEMES:
                await page.emulate_media(color_scheme=scheme)
                await window.is_sound()
                await shoot(window, f"child-{width}-{scheme}")
        entry = page.locator(".entries > li").first
        await entry.get_by_text("Mark as significant").first.click()
        await entry.get_by_label("What matters here").fill("First time he spoke of home")
        await entry.get_by_role("button", name="Mark as significant").click()
        await page.get_by_role("rowheader", name="First time he spoke of home").wait_for()
        await page.get_by_role("link", name="Significant only").click()
        await page.get_by_text("1 entry under these filters").wait_for()
        await window.is_sound()
        await page.get_by_text("Add a flag").first.click()
        await page.get_by_label("Flag", exact=True).select_option("Child in need")
        await page.get_by_role("button", name="Add the flag").click()
        await page.get_by_role("button", name="End child in need").wait_for()
        await page.get_by_role("link", name="Who has looked").click()
        await page.get_by_role("rowheader", name="Ms Haddad").first.wait_for()
        await window.is_sound()
        await shoot(window, "looked-at")


async def test_r35_what_was_written_is_found_by_who_may_read_it_and_by_nobody_else(site: Site) -> None:
    walsh = await site.house.people["walsh"].sign_in()
    await walsh.log(narrative=SAID)
    async with site.window(viewport=PHONE) as dsl, site.window(java_script_enabled=False) as teacher:
        for window, name in ((dsl, "haddad"), (teacher, "marsh")):
            await window.sign_in(site.house.people[name], sure=False)
            await window.elevate()
            await window.go("/search")
            await window.page.get_by_label("Words").fill("bruise")
            await window.page.get_by_role("button", name="Search").click()
        await dsl.page.get_by_role("heading", name="1 concern that you may see").wait_for()
        await teacher.page.get_by_role("heading", name="0 concerns that you may see").wait_for()
        assert "bruise" not in dsl.page.url
        await dsl.is_sound()
        await shoot(dsl, "search-phone")
