"""What nobody else's page, link or browser does to ours: forged forms, frames, redirects, and what is left behind."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from time import monotonic
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute

from services.gateway.csrf import SAFE
from services.gateway.pages import PAGE_ROUTERS
from services.gateway.pages.frame import PAGE_POLICY
from services.gateway.pages.held import Held, held_in, local
from shared.contracts.words import Role
from tests.gateway.conftest import PASSWORD, House, Person, browser, gateway_of
from tests.gateway.test_alerts import first_alert
from tests.gateway.test_sessions import cookies_of

NOBODYS = "01937b5e-2a10-7c11-9a1e-5d2f6a0b1c31"
ELSEWHERE = (
    "https://evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "/%0d%0aSet-Cookie:x\r\n",
    "javascript:alert(1)",
    "https:evil.example",
    "evil.example",
    "/api/v1/me",
    "/assets/x/heed.js",
    " /my",
    "",
)


def forms_of_pages() -> Iterator[str]:
    for router in PAGE_ROUTERS:
        for route in router.routes:
            if isinstance(route, APIRoute) and not set(route.methods or ()) <= SAFE:
                yield re.sub(r"\{[\w:]+\}", NOBODYS, route.path)


FORMS = sorted(set(forms_of_pages()))


async def signed_in_by_page(person: Person, **more: str) -> httpx.Response:
    answer = await person.http.post("/sign-in", data={"email": person.email, "password": PASSWORD, **more})
    assert answer.status_code in {200, 303}, answer.text
    return answer


async def given_code(person: Person, **more: str) -> httpx.Response:
    return await person.http.post("/sign-in/code", data={"csrf": csrf_of(person), "code": person.code(), **more})


def csrf_of(person: Person) -> str:
    return person.http.cookies["heed_csrf"]


@pytest.mark.parametrize("path", ELSEWHERE)
def test_nobody_is_sent_elsewhere(path: str) -> None:
    assert local(path, "/my") == "/my"
    # Nor does a form that was carried along go there.
    assert held_in(Held(path, "", (("name", "x"),)).text()) is None


async def test_no_link_sends_somebody_elsewhere_after_signing_in(house: House) -> None:
    haddad = await house.add("haddad", Role.TEACHER)
    for path in ELSEWHERE:
        shown = await haddad.http.get("/sign-in", params={"next": path})
        assert 'name="next" value="/my"' in shown.text
    await signed_in_by_page(haddad, next="//evil.example")
    assert (await given_code(haddad, next="https://evil.example")).headers["location"] == "/my"
    for page in ("/elevate", "/second-factor", "/second-factor/recovery-codes"):
        shown = await haddad.http.get(page, params={"next": "//evil.example"})
        assert "evil.example" not in shown.text
    elevated = await haddad.http.post(
        "/elevate", data={"csrf": csrf_of(haddad), "code": haddad.code(), "next": "/\\evil.example"}
    )
    assert elevated.headers["location"] == "/my"


async def test_r80_the_link_of_a_mail_leads_through_signing_in_to_the_alert(house: House) -> None:
    await house.alive()
    okafor = house.people["okafor"]
    concern = await (await (await house.add("haddad", Role.TEACHER)).sign_in()).log()
    link = f"/alerts/{(await first_alert(okafor, about=concern))['id']}"
    elsewhere = replace(okafor, http=browser(house.gateway.api))
    away = await elsewhere.http.get(link)
    assert (away.status_code, away.text) == (303, "")
    asked = await elsewhere.http.get(away.headers["location"])
    (following,) = set(re.findall(r'name="next" value="([^"]*)"', asked.text))
    asked = await signed_in_by_page(elsewhere, next=unescape(following))
    (following,) = set(re.findall(r'name="next" value="([^"]*)"', asked.text))
    given = await given_code(elsewhere, next=unescape(following))
    assert (given.status_code, given.headers["location"]) == (303, link)
    shown = await elsewhere.http.get(link)
    assert (shown.status_code, "Rowan Adeyemi" in shown.text) == (200, True)
    await elsewhere.http.aclose()


async def test_no_form_of_a_page_is_taken_from_elsewhere_or_without_its_token(house: House) -> None:
    haddad = await (await house.add("haddad", Role.LEAD_DSL)).sign_in("elevated")
    boyle = await (await house.add("boyle", Role.LEAD_DSL)).sign_in()
    assert len(FORMS) > 30
    own = csrf_of(haddad)
    for path in FORMS:
        from_elsewhere = await haddad.http.post(path, data={"csrf": own}, headers={"Sec-Fetch-Site": "cross-site"})
        assert from_elsewhere.status_code == 403, path
        other = await haddad.http.post(path, data={"csrf": own}, headers={"Origin": "https://evil.example"})
        assert other.status_code == 403, path
    # A token of somebody else's session, and none; where somebody signs in there is no session to bind one to.
    for path in sorted(set(FORMS) - {one for one in FORMS if one.startswith(("/sign-in", "/password", "/first-run"))}):
        if path.startswith("/kiosk"):
            continue
        for token in ({}, {"csrf": csrf_of(boyle)}):
            assert (await haddad.http.post(path, data=token)).status_code == 403, (path, token)
    # None of it has done anything.
    assert (await haddad.get("/me")).json()["assurance"] == "elevated"


async def test_a_page_is_shown_in_no_frame_and_runs_nothing_that_is_not_ours(house: House) -> None:
    haddad = await (await house.add("haddad", Role.TEACHER)).sign_in()
    for path in ("/my", "/me", "/sign-in", "/elevate", "/nowhere"):
        shown = await haddad.http.get(path, headers={"Accept": "text/html"})
        assert shown.headers["content-security-policy"] == PAGE_POLICY
        assert (shown.headers["x-frame-options"], shown.headers["cache-control"]) == ("DENY", "no-store")
        assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=|javascript:", shown.text), path
    assert "unsafe" not in PAGE_POLICY
    assert "frame-ancestors 'none'" in PAGE_POLICY


async def test_cookies_of_a_sign_in_by_page_are_as_those_of_the_api(house: House) -> None:
    haddad = await house.add("haddad", Role.TEACHER)
    cookies = cookies_of(await signed_in_by_page(haddad))
    assert cookies["heed_session"]["httponly"]
    assert {(one["samesite"].lower(), one["path"], one["domain"]) for one in cookies.values()} == {("lax", "/", "")}
    secure = gateway_of(house.peers, public_url="https://heed.oakfield.example")
    async with browser(secure.api, "https://heed.oakfield.example") as http:
        answer = await http.post("/sign-in", data={"email": haddad.email, "password": PASSWORD})
        found = cookies_of(answer)
        assert all(name.startswith("__Host-") and one["secure"] for name, one in found.items())


async def test_r38_a_schools_own_link_is_remembered_by_the_browser_and_shows_whom_to_find(house: House) -> None:
    async with browser(house.gateway.api) as http:
        assert "Oakfield" not in (await http.get("/sign-in")).text
        shown = await http.get("/sign-in", params={"school": "oakfield"})
        assert cookies_of(shown)["heed_school"]["httponly"]
        assert "Oakfield" in (await http.get("/sign-in")).text
        for nonsense in ("nowhere", "../me", "oakfield/../../me", "%2e%2e", "é\n"):
            answer = await http.get("/sign-in", params={"school": nonsense})
            assert answer.status_code == 200, nonsense
            assert "heed_school" not in cookies_of(answer)


async def test_signing_out_leaves_nothing_in_the_browser(house: House) -> None:
    haddad = await (await house.add("haddad", Role.TEACHER)).sign_in()
    haddad.http.cookies.set("heed_hidden", "1", domain="localhost.local", path="/")
    session = haddad.http.cookies["heed_session"]
    left = await haddad.http.post("/sign-out", data={"csrf": csrf_of(haddad)})
    assert (left.status_code, left.headers["location"]) == (303, "/signed-out")
    assert left.headers["clear-site-data"] == '"cache", "storage"'
    gone = cookies_of(left)
    assert all(gone[name]["max-age"] == "0" for name in ("heed_session", "heed_csrf"))
    # The session itself has ended: the cookie of before opens nothing.
    async with browser(house.gateway.api) as other:
        back = await other.get("/my", headers={"Cookie": f"heed_session={session}"})
        assert (back.status_code, back.headers["location"]) == (303, "/sign-in")


async def test_a_page_that_was_hidden_is_blank_from_its_first_byte_until_somebody_signs_in(house: House) -> None:
    haddad = await (await house.add("haddad", Role.TEACHER)).sign_in()
    hidden: dict[str, Any] = {
        "headers": {"Cookie": f"heed_session={haddad.http.cookies['heed_session']}; heed_hidden=1"}
    }
    async with browser(house.gateway.api) as http:
        assert re.search(r'<body class="[^"]*\bblanked\b', (await http.get("/my", **hidden)).text)
        assert "blanked" not in (await http.get("/sign-in", **hidden)).text
        again = await http.post("/sign-in", data={"email": haddad.email, "password": PASSWORD}, **hidden)
        assert cookies_of(again)["heed_hidden"]["max-age"] == "0"
    assert "blanked" not in (await haddad.http.get("/my")).text


async def test_what_was_typed_comes_back_to_who_typed_it_alone(house: House) -> None:
    """A leaver, disabled in the middle of a form: what they typed is on their own screen and nowhere else."""
    haddad = await (await house.add("haddad", Role.TEACHER)).sign_in()
    boyle = await house.add("boyle", Role.TEACHER)
    okafor = house.people["okafor"]
    shown = await haddad.http.get("/me")
    owner = re.findall(r'name="owner" value="([0-9a-f]{64})"', shown.text)[-1]
    typed = {"csrf": csrf_of(haddad), "owner": owner, "deputy": "Rowan said that he walks home the long way"}
    assert (await okafor.post(f"/staff/{haddad.id}/disable")).status_code == 204
    until = monotonic() + 5  # seconds; what was known of a session a moment ago counts for one
    while (refused := await haddad.http.post("/me/absence", data=typed)).status_code != 401:
        assert monotonic() < until, refused.text
        await asyncio.sleep(0.05)
    held = html_value(refused.text, "held")
    assert "long way" in held
    # They cannot come back with it, and somebody else who signs in on the same page does not see it.
    assert (await haddad.http.post("/sign-in", data={**credentials(haddad), "held": held})).status_code == 401
    other = await signed_in_by_page(boyle, held=held)
    assert "long way" not in other.text
    assert "long way" not in (await given_code(boyle, held=held)).text
    changed = held.replace(owner, "0" * 64)
    assert "long way" not in (await given_code(boyle, held=changed)).text
    drafts = (await boyle.get("/drafts")).json()
    assert "long way" not in str(drafts)


def credentials(person: Person) -> dict[str, str]:
    return {"email": person.email, "password": PASSWORD}


def html_value(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found is not None
    return unescape(found[1])
