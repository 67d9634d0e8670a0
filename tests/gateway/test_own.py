"""What is one's own, as a browser meets it: sessions, recovery codes, absence; and what a school's link shows."""

import pytest

from services.gateway.devices import device_words
from shared.contracts.words import Role
from tests.gateway.conftest import API, PASSWORD, House, browser

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.mark.postgres
async def test_own_sessions_recovery_codes_and_absence_through_the_public_api(house: House) -> None:
    person = await house.add("haddad", Role.TEACHER)
    person.http.headers["user-agent"] = FIREFOX
    haddad = await person.sign_in("elevated")
    (shown,) = (await haddad.get("/me/sessions")).json()["sessions"]
    assert (shown["device"], shown["this"]) == ("Firefox on Windows", True)
    assert len((await haddad.post("/second-factor/recovery-codes")).json()["codes"]) == 10
    assert (await haddad.get("/second-factor/recovery-codes")).json() == {"left": 10}
    assert (await haddad.get("/me/devices")).json() == {"devices": []}
    okafor = house.people["okafor"]
    away = {"until_on": "2027-07-01", "deputy_id": str(okafor.id)}
    assert (await haddad.put("/me/absence", json=away)).json()["absence"]["deputy_id"] == str(okafor.id)
    file = "e-mail,surname,roles\nnowak@school.example,Nowak,support\n"
    tried = await okafor.post("/staff/import", content=file, headers={"content-type": "text/csv"})
    assert (tried.json()["applied"], tried.json()["rows"][0]["became"]) == (False, "added")
    exported = await okafor.http.get(f"{API}/staff/export")
    assert (exported.headers["content-type"], "Haddad" in exported.text) == ("text/csv; charset=utf-8", True)
    entry = next(e for e in (await okafor.get("/staff/all")).json()["staff"] if e["id"] == str(person.id))
    assert entry["absence"]["until_on"] == "2027-07-01"
    assert (await haddad.ask("DELETE", "/me/absence")).status_code == 204
    assert (await haddad.post("/me/sessions/end-others")).json() == {"ended": 0}
    assert (await okafor.post(f"/staff/{person.id}/sessions/end")).json() == {"ended": 1}


@pytest.mark.postgres
async def test_r78_who_signs_out_is_out_and_the_browser_stays_known(house: House) -> None:
    haddad = await (await house.add("haddad", Role.TEACHER)).sign_in()
    known, session = haddad.http.cookies["heed_browser"], haddad.http.cookies["heed_session"]
    assert (await haddad.post("/sign-out")).status_code == 204
    assert "heed_session" not in haddad.http.cookies
    async with browser(house.gateway.api) as thief:
        answer = await thief.get(f"{API}/me", headers={"Cookie": f"heed_session={session}"})
        assert answer.status_code == 401
    await haddad.sign_in()
    assert haddad.http.cookies["heed_browser"] == known


@pytest.mark.postgres
async def test_r38_a_schools_link_is_open_to_everybody_and_lists_no_school(house: House) -> None:
    async with browser(house.gateway.api) as http:
        shown = await http.get(f"{API}/schools/oakfield/sign-in")
        assert (shown.status_code, shown.json()["id"]) == (200, str(house.oakfield))
        assert "danger" in shown.json()["danger_text"]
        assert (await http.get(f"{API}/schools/nowhere/sign-in")).status_code == 404
        assert (await http.get(f"{API}/schools")).status_code == 401


@pytest.mark.postgres
async def test_r33_r34_a_cleaner_has_an_own_login_and_the_record_says_that_it_was_them(house: House) -> None:
    okafor = house.people["okafor"]
    cleaner = await (await house.add("nowak", Role.SUPPORT)).sign_in()
    concern = await cleaner.log()
    assert (await okafor.get(f"/incidents/{concern}")).json()["author_id"] == str(cleaner.id)
    # A second person under the same address is the same person: an account is not shared.
    again = {"email": cleaner.email.upper(), "surname": "Another", "roles": ["support"]}
    assert (await okafor.post("/staff", json=again)).status_code == 409
    twice = await cleaner.http.post(f"{API}/sign-in", json={"email": cleaner.email, "password": PASSWORD})
    assert twice.status_code == 200


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Mobile Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/131.0 Safari/537.36 Edg/131.0", "Edge on Windows"),
        ("Mozilla/5.0 (X11; CrOS x86_64) Chrome/131.0 Safari/537.36", "Chrome on ChromeOS"),
        ("curl/8.9.1", "a program"),
        ("", "a program"),
    ],
)
def test_a_browser_is_told_by_its_kind_and_no_further(said: str, words: str) -> None:
    assert device_words(said) == words


async def test_when_somebody_wants_their_mails_is_their_own_choice_by_version(house: House) -> None:
    haddad = await (await house.add("haddad", Role.TEACHER)).sign_in()
    before = await haddad.get("/me/mails")
    assert before.json() == {"version": 0, "digest": None, "quiet": None}
    given = {"digest": {"at": "15:30:00", "days": [0, 2]}}
    etag = {"If-Match": before.headers["ETag"]}
    written = await haddad.put("/me/mails", json=given, headers=etag)
    assert written.json() == {"version": 1, "digest": given["digest"], "quiet": None}
    assert (await haddad.put("/me/mails", json=given, headers=etag)).status_code == 409
    assert (await house.people["okafor"].get("/me/mails")).json()["version"] == 0
