"""Signing in, cookies, CSRF, revocation, personal tokens: as a browser and as a program meet them."""

import asyncio
from datetime import UTC, datetime, timedelta
from http.cookies import Morsel, SimpleCookie
from time import monotonic, time
from typing import Any

import asyncpg
import httpx
import pyotp
import pytest

from services.auth.service import make_password_link
from services.gateway.cookies import SESSION
from services.gateway.sessions import Credential
from shared.contracts.words import Role
from shared.db import Scope
from shared.ids import new_id
from tests.conftest import Cluster
from tests.gateway.conftest import API, PASSWORD, House, Person, browser, gateway_of, key


def cookies_of(answer: httpx.Response) -> dict[str, "Morsel[str]"]:
    jar: SimpleCookie = SimpleCookie()
    for line in answer.headers.get_list("set-cookie"):
        jar.load(line)
    return dict(jar)


def credentials(person: Person) -> dict[str, Any]:
    return {"email": person.email, "password": PASSWORD}


async def test_the_session_is_out_of_reach_for_scripts(house: House) -> None:
    person = await house.add("haddad", Role.TEACHER)
    answer = await person.http.post(f"{API}/sign-in", json=credentials(person))
    cookies = cookies_of(answer)
    session, csrf = cookies["heed_session"], cookies["heed_csrf"]
    assert session["httponly"]
    assert not csrf["httponly"]
    for cookie in (session, csrf):
        assert (cookie["path"], cookie["samesite"].lower(), cookie["domain"]) == ("/", "lax", "")
        assert not cookie["max-age"]
        assert not cookie["secure"]
    assert session.value not in answer.text
    assert csrf.value == answer.json()["csrf_token"]


async def test_on_https_cookies_are_bound_to_this_very_host(house: House) -> None:
    person = await house.add("haddad", Role.TEACHER)
    secure = gateway_of(house.peers, public_url="https://heed.oakfield.example")
    async with browser(secure.api, "https://heed.oakfield.example") as http:
        answer = await http.post(f"{API}/sign-in", json=credentials(person))
        cookies = cookies_of(answer)
        assert set(cookies) == {"__Host-heed_session", "__Host-heed_csrf", "__Host-heed_browser"}
        assert all(cookie["secure"] and cookie["path"] == "/" and not cookie["domain"] for cookie in cookies.values())
        assert answer.headers["strict-transport-security"].startswith("max-age=63072000")
        assert (await http.get(f"{API}/me")).status_code == 200


async def test_nothing_is_changed_without_the_token_of_this_very_session(house: House) -> None:
    haddad = await (await house.add("haddad", Role.TEACHER)).sign_in()
    boyle = await (await house.add("boyle", Role.HEAD)).sign_in()
    theirs = boyle.http.cookies["heed_csrf"]
    concern = house.concern()
    for given in (None, theirs, "", "é"):
        headers = [(name.encode(), value.encode()) for name, value in key().items()]
        headers += [] if given is None else [(b"X-CSRF-Token", given.encode())]
        answer = await haddad.http.post(f"{API}/incidents", json=concern, headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (403, "https://heed.example/problems/csrf")
    session, own = haddad.http.cookies["heed_session"], haddad.http.cookies["heed_csrf"]
    async with browser(house.gateway.api) as bare:
        # Header and cookie alike, but both of somebody else: a neighbouring host can plant a cookie.
        sent = {"Cookie": f"heed_session={session}; heed_csrf={theirs}", "X-CSRF-Token": theirs, **key()}
        assert (await bare.post(f"{API}/incidents", json=concern, headers=sent)).status_code == 403
        # The header alone, without the cookie beside it.
        sent = {"Cookie": f"heed_session={session}", "X-CSRF-Token": own, **key()}
        assert (await bare.post(f"{API}/incidents", json=concern, headers=sent)).status_code == 403
        sent = {"Cookie": f"heed_session={session}; heed_csrf={own}", "X-CSRF-Token": own, **key()}
        assert (await bare.post(f"{API}/incidents", json=concern, headers=sent)).status_code == 201


@pytest.mark.parametrize(
    "said", [{"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}]
)
async def test_another_site_neither_signs_anybody_in_nor_acts_for_them(house: House, said: dict[str, str]) -> None:
    person = await house.add("haddad", Role.TEACHER)
    refused = await person.http.post(f"{API}/sign-in", json=credentials(person), headers=said)
    assert refused.status_code == 403
    await person.sign_in()
    answer = await person.post("/incidents", json=house.concern(), headers={**key(), **said})
    assert answer.status_code == 403


async def test_who_is_not_signed_in_gets_the_same_answer_everywhere(house: House) -> None:
    okafor = house.people["okafor"]
    concern = await okafor.log()
    known, unknown = f"/incidents/{concern}", "/incidents/01937b5e-2a10-7c11-9a1e-5d2f6a0b1c31"
    async with browser(house.gateway.api) as http:
        answers = [await http.get(API + path) for path in (known, unknown, "/me", "/alerts", "/staff")]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1


async def test_a_wrong_password_and_an_unknown_address_look_alike(house: House) -> None:
    person = await house.add("haddad", Role.TEACHER)
    wrong = await person.http.post(f"{API}/sign-in", json=credentials(person) | {"password": "not this one at all"})
    nobody = await person.http.post(f"{API}/sign-in", json={"email": "no@school.example", "password": PASSWORD})
    assert wrong.status_code == nobody.status_code == 401
    assert wrong.content == nobody.content
    assert not cookies_of(wrong)


async def test_r39_a_forgotten_password_is_asked_for_without_signing_in_and_answered_alike(house: House) -> None:
    person = await house.add("haddad", Role.TEACHER)
    async with browser(house.gateway.api) as http:
        answers = [
            await http.post(f"{API}/password/forgotten", json={"email": email})
            for email in (person.email, "no@school.example")
        ]
        assert {(a.status_code, a.content) for a in answers} == {(202, answers[0].content)}
        assert "see your designated safeguarding lead" in answers[0].json()["message"]
        elsewhere = {"Origin": "https://elsewhere.example"}
        refused = await http.post(f"{API}/password/forgotten", json={"email": person.email}, headers=elsewhere)
        assert refused.status_code == 403
        page = await http.get("/password/Hq3v0cYb1mXw8TtLr5ZfJ2uKs9NdAeGo6PiQyBxVk4M")
        assert (page.status_code, "Hq3v0cYb1" in page.text) == (200, False)


async def test_r36_somebody_new_sets_a_password_by_link_enrols_a_second_factor_and_logs(house: House) -> None:
    okafor = house.people["okafor"]
    body = {"email": "brennan@school.example", "title": "Mr", "surname": "Brennan", "roles": ["teaching_assistant"]}
    added = await okafor.post("/staff", json=body)
    assert added.status_code == 201, added.text
    brennan = Person(house, added.json()["id"], body["email"], "", browser(house.gateway.api))  # type: ignore[arg-type]
    # The mail of the invitation is auth's own affair and tested there; here its link is taken from who makes it.
    async with house.services["auth"].api.state.db.begin(Scope()) as session:
        link = await make_password_link(session, acting_staff=None, staff_id=brennan.id, now=datetime.now(UTC))
    weak = await brennan.post("/password", json={"link": link, "password": "short"})
    assert [error["path"] for error in weak.json()["errors"]] == ["password"]
    chosen = {"link": link, "password": PASSWORD}
    assert (await brennan.post("/password", json=chosen)).status_code == 204
    again = await brennan.post("/password", json=chosen)
    assert [error["path"] for error in again.json()["errors"]] == ["link"]
    begun = await brennan.post("/sign-in", json=credentials(brennan))
    assert (begun.json()["assurance"], begun.json()["needs"]) == ("password", "enrolment")
    assert (await brennan.get("/incidents")).json()["type"].endswith("/second-factor-required")
    secret = (await brennan.post("/second-factor")).json()["secret"]
    wrong = await brennan.post("/second-factor/confirm", json={"code": "000000"})
    assert [error["path"] for error in wrong.json()["errors"]] == ["code"]
    code = pyotp.TOTP(secret).at(int(time()))
    assert (await brennan.post("/second-factor/confirm", json={"code": code})).status_code == 204
    assert (await brennan.get("/me")).json()["assurance"] == "mfa"
    concern = await brennan.log()
    assert [line["id"] for line in (await brennan.get("/incidents")).json()["incidents"]] == [str(concern)]
    await brennan.http.aclose()


async def test_a_password_alone_logs_and_nothing_else(house: House) -> None:
    haddad = await (await house.add("haddad", Role.TEACHER)).sign_in("password")
    concern = await haddad.log()
    for path in (f"/incidents/{concern}", "/incidents"):
        answer = await haddad.get(path)
        assert (answer.status_code, answer.json()["type"]) == (
            403,
            "https://heed.example/problems/second-factor-required",
        )


async def test_r91_a_remembered_browser_is_spared_the_second_factor_but_not_elevation(house: House) -> None:
    haddad = await (await house.add("haddad", Role.TEACHER)).sign_in("password")
    given = await haddad.post("/sign-in/code", json={"code": haddad.code(), "remember": True})
    device = cookies_of(given)["heed_device"]
    assert device["httponly"]
    assert int(device["max-age"]) == 30 * 24 * 3600
    left = await haddad.post("/sign-out")
    assert left.status_code == 204
    assert set(haddad.http.cookies) == {"heed_device", "heed_browser"}
    answer = await haddad.http.post(f"{API}/sign-in", json=credentials(haddad))
    assert (answer.json()["assurance"], answer.json()["needs"]) == ("mfa", None)
    other = await haddad.get("/tokens")
    assert other.json()["type"].endswith("/elevation-required")


async def test_who_signs_out_is_out_at_once(house: House) -> None:
    haddad = await (await house.add("haddad", Role.TEACHER)).sign_in()
    session = haddad.http.cookies["heed_session"]
    assert (await haddad.get("/me")).status_code == 200
    answer = await haddad.post("/sign-out")
    assert {name: cookie["max-age"] for name, cookie in cookies_of(answer).items()} == {
        "heed_session": "0",
        "heed_csrf": "0",
    }
    async with browser(house.gateway.api) as http:
        assert (await http.get(f"{API}/me", headers={"Cookie": f"heed_session={session}"})).status_code == 401


async def test_a_disabled_colleague_and_a_changed_role_count_within_a_second(house: House) -> None:
    okafor = house.people["okafor"]
    boyle = await (await house.add("boyle", Role.HEAD)).sign_in("elevated")
    frost = await (await house.add("frost", Role.DEPUTY_DSL)).sign_in("elevated")
    concern = await okafor.log()
    # Asked just before, so that the answer of auth is as fresh as it can be when it is overtaken.
    assert (await frost.get(f"/incidents/{concern}")).status_code == 200
    changed = await okafor.put(f"/staff/{frost.id}/roles", json={"roles": ["teaching_assistant"]})
    assert changed.status_code == 200, changed.text
    assert await seconds_until(frost, f"/incidents/{concern}", 404) <= 1.5
    assert (await boyle.get("/me")).status_code == 200
    assert (await okafor.post(f"/staff/{boyle.id}/disable")).status_code == 204
    assert await seconds_until(boyle, "/me", 401) <= 1.5
    # And by another gateway at once: what is kept is kept for a second by the one that asked.
    async with browser(gateway_of(house.peers).api) as http:
        http.cookies = boyle.http.cookies
        assert (await http.get(f"{API}/me")).status_code == 401


async def seconds_until(person: Person, path: str, status: int) -> float:
    """How long it takes until a request is answered by `status`; it keeps asking, as a busy page would."""
    began = monotonic()
    while (await person.get(path)).status_code != status:
        assert monotonic() - began < 5, f"{path} is still not answered by {status}"
        await asyncio.sleep(0.05)
    return monotonic() - began


async def test_a_personal_token_does_what_it_was_made_for_and_nothing_else(house: House) -> None:
    haddad = await (await house.add("haddad", Role.TEACHER)).sign_in("elevated")
    made = await haddad.post("/tokens", json={"name": "Rota display", "scopes": ["incident:own"]})
    assert made.status_code == 201, made.text
    bearer = {"Authorization": f"Bearer {made.json()['token']}"}
    async with browser(house.gateway.api) as http:
        assert (await http.get(f"{API}/incidents", headers=bearer)).status_code == 200
        # No cookie, so no CSRF; and no right to log.
        logged = await http.post(f"{API}/incidents", json=house.concern(), headers={**bearer, **key()})
        assert (logged.status_code, logged.json()["type"]) == (403, "https://heed.example/problems/not-permitted")
        assert (await http.get(f"{API}/tokens", headers=bearer)).status_code == 403
        # What only a person at a browser does is not for a token.
        for path, body in (("/elevate", {"code": haddad.code()}), ("/second-factor", None), ("/sign-out", None)):
            assert (await http.post(API + path, json=body, headers=bearer)).status_code == 401
        me = (await http.get(f"{API}/me", headers=bearer)).json()
        assert (me["scopes"], me["csrf_token"]) == (["incident:own"], None)
        assert (await haddad.ask("DELETE", f"/tokens/{made.json()['id']}")).status_code == 204
        async with browser(gateway_of(house.peers).api) as other:
            assert (await other.get(f"{API}/incidents", headers=bearer)).status_code == 401
    wide = await haddad.post("/tokens", json={"name": "Too much", "scopes": ["audit:read"]})
    assert [error["path"] for error in wide.json()["errors"]] == ["scopes"]


async def test_whoever_belongs_to_two_schools_acts_in_the_one_they_chose(house: House) -> None:
    frost = await house.add("frost", Role.LEAD_DSL)
    async with house.services["auth"].api.state.db.begin(Scope(house.harbour)) as session:
        from services.auth import service

        await service.add_staff(
            session,
            acting_staff=None,
            school_id=house.harbour,
            email=frost.email,
            title="Ms",
            forename="A",
            surname="Frost",
            roles=[Role.TEACHER],
        )
    await frost.sign_in("elevated")
    assert {school["name"] for school in (await frost.get("/schools")).json()["schools"]} == {"Oakfield", "Harbour"}
    assert (await frost.post("/me/school", json={"school_id": str(house.harbour)})).status_code == 204
    me = (await frost.get("/me")).json()
    assert (me["school_id"], me["roles"], me["assurance"]) == (str(house.harbour), ["teacher"], "mfa")
    stranger = await frost.post("/me/school", json={"school_id": "01937b5e-2a10-7c11-9a1e-5d2f6a0b1c31"})
    assert stranger.status_code == 404


async def test_codes_and_passwords_cannot_be_tried_without_end(house: House) -> None:
    haddad = await (await house.add("haddad", Role.TEACHER)).sign_in("password")
    answers = [await haddad.post("/sign-in/code", json={"code": "000000"}) for _ in range(11)]
    assert answers[0].status_code == 422
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) >= 1
    async with browser(house.gateway.api) as http:
        wrong = credentials(haddad) | {"password": "wrong every single time"}
        statuses = [(await http.post(f"{API}/sign-in", json=wrong)).status_code for _ in range(11)]
    assert statuses[0] == 401
    assert statuses[-1] == 429


async def test_r99_a_page_that_asks_by_itself_keeps_no_session_alive_and_a_person_beside_it_does(
    house: House, empty_cluster: Cluster
) -> None:
    okafor = house.people["okafor"]
    by_itself = {"X-Heed-Background": "1"}
    connection = await asyncpg.connect(empty_cluster.admin("auth"))
    try:
        sessions = house.gateway.api.state.gate.sessions
        cookie = Credential("session", str(okafor.http.cookies[SESSION]))

        async def unused_since_asking(headers: dict[str, str]) -> timedelta:
            await connection.execute("UPDATE staff_session SET seen_at = now() - interval '5 minutes'")
            assert (await okafor.get("/alerts/waiting", headers=headers)).status_code == 200
            unused: timedelta = await connection.fetchval("SELECT now() - max(seen_at) FROM staff_session")
            return unused

        sessions.forget(cookie)
        assert await unused_since_asking(by_itself) > timedelta(minutes=4)
        # At once, while the page's own answer is still good for the page.
        assert await unused_since_asking({}) < timedelta(minutes=1)
        # What changes something is never by itself.
        sessions.forget(cookie)
        await connection.execute("UPDATE staff_session SET seen_at = now() - interval '5 minutes'")
        assert (await okafor.post(f"/alerts/{new_id()}/read", headers=by_itself)).status_code == 404
        assert await connection.fetchval("SELECT now() - max(seen_at) FROM staff_session") < timedelta(minutes=1)
    finally:
        await connection.close()
