"""A school's settings, as the lead DSL sets them."""

from playwright.async_api import FilePayload

from shared.contracts.words import TrustRole
from tests.browser.conftest import DESK, PHONE, Site, Window, shoot


async def lead(window: Window, site: Site) -> Window:
    await window.sign_in(site.house.people["okafor"], sure=False)
    return await window.elevate()


async def sound_at_both(window: Window, name: str) -> None:
    for viewport in (PHONE, DESK):
        await window.page.set_viewport_size(viewport)
        await window.is_sound()
        await shoot(window, f"{name}-{viewport['width']}")


async def test_r62_categories_are_added_changed_and_retired_by_the_page(site: Site) -> None:
    async with site.window() as window:
        page = (await lead(window, site)).page
        await page.get_by_role("link", name="Settings").click()
        await sound_at_both(window, "settings")
        await page.get_by_role("link", name="Categories").click()
        await sound_at_both(window, "categories")
        await page.get_by_role("button", name="Add the category").click()
        await page.get_by_role("alert").get_by_role("link").click()
        await page.get_by_label("Name").fill("Young carer")
        await page.get_by_label("Who may see it").select_option("Sensitive")
        await page.get_by_role("button", name="Add the category").click()
        await page.get_by_role("link", name="Young carer").click()
        await sound_at_both(window, "category")
        await page.get_by_label("Name").fill("Cares for somebody at home")
        await page.get_by_label("It must be followed up").check()
        await page.get_by_role("button", name="Save").click()
        saved = page.get_by_role("listitem").filter(has_text="Cares for somebody at home")
        await saved.get_by_text("must be followed up").wait_for()
        await page.get_by_role("link", name="Cares for somebody at home").click()
        await page.get_by_role("button", name="Retire it").click()
        await page.get_by_text("1 retired category").wait_for()
        await page.get_by_role("link", name="Settings").first.click()
        await page.get_by_role("link", name="Agencies").click()
        await page.get_by_label("Add an agency").fill("Family hub")
        await page.get_by_role("button", name="Add", exact=True).click()
        await page.get_by_role("listitem").get_by_text("Family hub").click()
        await page.get_by_role("button", name="Move Family hub up").click()
        await page.get_by_label("Merge", exact=True).select_option("Family hub")
        await page.get_by_label("Into").select_option("Family hub")
        await page.get_by_role("button", name="Merge").click()
        await page.get_by_text("Choose another one of this list.").first.wait_for()
        await window.is_sound()
        await page.get_by_label("Into").select_option("Police")
        await page.get_by_role("button", name="Merge").click()
        await page.get_by_role("listitem").get_by_text("Family hub").wait_for(state="detached")
        await window.is_sound()


async def test_r122_a_rule_is_written_tried_and_tells_who_it_names(site: Site) -> None:
    async with site.window() as window:
        page = (await lead(window, site)).page
        await window.go("/settings/groups/new")
        await page.get_by_label("Name").fill("Welfare team")
        await page.get_by_label("Marsh").check()
        await window.is_sound()
        await page.get_by_role("button", name="Save the group").click()
        await page.get_by_role("link", name="Welfare team").wait_for()
        await sound_at_both(window, "groups")
        await window.go("/settings/rules/new")
        await page.get_by_label("What the rule is called").fill("Welfare, all years")
        await page.get_by_text("Categories (none: every one)").click()
        await page.get_by_label("Welfare Concern", exact=True).check()
        await page.get_by_label("Welfare team").check()
        await sound_at_both(window, "rule")
        await page.get_by_role("button", name="Save the rule").click()
        await page.get_by_role("link", name="Welfare, all years").wait_for()
        await page.get_by_label("Category").select_option("Welfare Concern")
        await page.get_by_role("button", name="Who would be told?").click()
        told = page.locator("#tried")
        await told.get_by_text("Welfare, all years").wait_for()
        assert "Marsh" in await told.inner_text()
        assert "Lead DSL: every incident" in await told.inner_text()
        await sound_at_both(window, "rules-tried")
        await page.get_by_role("link", name="Welfare, all years").click()
        await page.get_by_role("button", name="Remove the rule").click()
        await page.get_by_text("None yet.").wait_for()


async def test_times_are_set_and_what_is_wrong_is_said_beside_it(site: Site) -> None:
    async with site.window(viewport=PHONE) as window:
        page = (await lead(window, site)).page
        await window.go("/settings/times")
        await page.get_by_label("Welfare Concern").fill("soon")
        await page.get_by_role("group", name="Monday").get_by_label("From").fill("08:00")
        await page.get_by_role("group", name="Monday").get_by_label("To").fill("16:30")
        await page.get_by_role("button", name="Save the times").click()
        await page.get_by_role("link", name="Enter a whole number of minutes, for example 60").click()
        await sound_at_both(window, "times-wrong")
        await page.get_by_label("Welfare Concern").fill("90")
        await page.get_by_role("button", name="Save the times").click()
        assert await page.get_by_role("group", name="Monday").get_by_label("To").input_value() == "16:30"
        assert await page.get_by_label("Welfare Concern").input_value() == "90"
        assert await page.get_by_role("alert").count() == 0


ROLL = """UPN,Legal Surname,Legal Forename,Date of birth,Sex,Year group,Reg group
,Adeyemi,Rowan,12/03/2017,M,5,5B
,Adeyemi,Ife,01/05/2020,F,1,1A
,Price,Tomos,02/02/2019,M,2,2C
,Nobody,,31/31/2019,M,2,2C
"""
STAFF = """E-mail,Title,Forename,Surname,Roles,Classes
b.lang@school.example,Mr,Ben,Lang,teacher,2C
no address,,,X,teacher,
"""


async def test_r37_somebody_is_invited_changed_and_leaves_by_the_page(site: Site) -> None:
    async with site.window() as window:
        page = (await lead(window, site)).page
        await window.go("/settings/staff")
        await sound_at_both(window, "staff")
        await page.get_by_role("link", name="Invite somebody").click()
        await page.get_by_role("button", name="Send the invitation").click()
        await page.get_by_role("alert").wait_for()
        await sound_at_both(window, "staff-new-wrong")
        await page.get_by_label("E-mail address").fill("p.quinn@school.example")
        await page.get_by_label("Last name").fill("Quinn")
        await page.get_by_label("Teacher", exact=True).check()
        await page.get_by_role("button", name="Send the invitation").click()
        await page.get_by_role("link", name="Quinn").click()
        await page.get_by_label("Classes they teach").fill("4B, 5A")
        await page.get_by_role("button", name="Save roles and classes").click()
        await page.get_by_text("Saved.").wait_for()
        assert await page.get_by_label("Classes they teach").input_value() == "4B, 5A"
        await sound_at_both(window, "person")
        await page.get_by_role("button", name="They have left").click()
        await page.get_by_text("Every right has ended").wait_for()
        await window.go(f"/settings/staff/{site.house.people['okafor'].id}")
        await page.get_by_text("Nobody changes their own rights.").wait_for()
        await window.go("/settings/staff/file")
        file = FilePayload(name="staff.csv", mimeType="text/csv", buffer=STAFF.encode())
        await page.locator("#file").set_input_files(file)
        await page.get_by_role("button", name="Try it").click()
        await page.get_by_text("Nothing has been done yet.").wait_for()
        await sound_at_both(window, "staff-file")
        await page.get_by_role("button", name="Send these invitations").click()
        await page.get_by_text("the invitations are on their way").wait_for()


async def test_a_roll_is_tried_mapped_and_done_with_its_progress(site: Site) -> None:
    async with site.window() as window:
        page = (await lead(window, site)).page
        await window.go("/settings/roll")
        await page.get_by_role("button", name="Try it").click()
        await page.get_by_role("link", name="Choose the file").click()
        await sound_at_both(window, "roll")
        file = FilePayload(name="roll.csv", mimeType="application/vnd.ms-excel", buffer=ROLL.encode("cp1252"))
        await page.locator("#file").set_input_files(file)
        await page.get_by_role("button", name="Try it").click()
        await page.get_by_role("heading", name="What this file would do").wait_for()
        await sound_at_both(window, "roll-report")
        await page.get_by_role("link", name="Refused (1)").click()
        await window.is_sound()
        await page.get_by_label("children who are no longer in the file have left").check()
        await page.get_by_role("button", name="Do it").click()
        await page.get_by_role("heading", name="The roll is as the file says").wait_for()
        await window.is_sound()


async def test_r43_a_kiosk_is_registered_and_revoked(site: Site) -> None:
    async with site.window(viewport=PHONE) as window:
        page = (await lead(window, site)).page
        await window.go("/settings/kiosks")
        await page.get_by_label("Register a device").fill("Staff room")
        await page.get_by_role("button", name="Register it").click()
        await page.get_by_text("heed_kiosk_").wait_for()
        await sound_at_both(window, "kiosks")
        await page.get_by_role("button", name="Revoke Staff room").click()
        assert await page.get_by_text("heed_kiosk_").count() == 0
        await page.get_by_text("Revoked", exact=True).wait_for()
        await window.go("/settings/webhooks")
        await page.get_by_label("Address").fill("http://10.0.0.1/")
        await page.get_by_role("button", name="Add it").click()
        await page.get_by_role("alert").wait_for()
        await sound_at_both(window, "webhooks")


FIND_ME = "Find Ms Okafor or Ms Haddad: extension 21."


async def test_r38_a_schools_own_words_for_danger_stand_on_its_own_link_before_sign_in(site: Site) -> None:
    async with site.window() as window, site.window(java_script_enabled=False) as device:
        page = (await lead(window, site)).page
        await page.get_by_role("link", name="Settings").click()
        await page.get_by_role("link", name="School What is said").click()
        await page.get_by_label("When a child is in danger now").fill("")
        await page.get_by_role("button", name="Save").click()
        await page.get_by_role("alert").wait_for()
        await sound_at_both(window, "school-wrong")
        await page.get_by_label("When a child is in danger now").fill(FIND_ME)
        await page.get_by_role("button", name="Save").click()
        await page.get_by_text("Saved.").wait_for()
        await sound_at_both(window, "school")
        link = await page.get_by_role("link", name="sign-in?school=oakfield").inner_text()
        await device.go(link.partition("/sign-in")[1] + link.partition("/sign-in")[2])
        await device.page.get_by_text(FIND_ME).wait_for()
        await device.go("/sign-in?school=harbour")
        assert await device.page.get_by_text(FIND_ME).count() == 0
        await window.go("/settings/schools")
        await page.get_by_text("the trust administrator").wait_for()


async def test_a_trust_administrator_registers_a_school_and_may_change_to_it_at_once(site: Site) -> None:
    await site.house.add("grant", trust_role=TrustRole.TRUST_ADMINISTRATOR)
    async with site.window(viewport=PHONE) as window:
        page = window.page
        await window.sign_in(site.house.people["grant"], sure=False)
        await window.elevate()
        await window.go("/settings")
        await page.get_by_role("link", name="Schools").click()
        await page.get_by_role("button", name="Register it").click()
        await page.get_by_role("alert").get_by_role("link").click()
        await sound_at_both(window, "schools")
        await page.get_by_label("Name", exact=True).fill("Larkrise Primary School")
        await page.get_by_label("Short name").fill("Larkrise")
        await page.get_by_role("button", name="Register it").click()
        await page.get_by_role("link", name="Larkrise Primary School").wait_for()
        await window.go("/me")
        assert "Larkrise Primary School" in await page.content()
        await window.go("/sign-in?school=larkrise")
        await page.get_by_text("Larkrise Primary School").first.wait_for()
