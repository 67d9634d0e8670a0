"""Signing in with an account of a provider, as a browser meets it: there, back, and where it lands."""

import re
from collections.abc import AsyncIterator
from html import unescape

import httpx
import pytest

from deploy.native.kafka import free_port
from services.auth.providers import Providers
from shared.contracts.words import Role
from tests.gateway.conftest import API, ORIGIN, House, browser
from tests.openid import OpenId

pytestmark = pytest.mark.postgres


@pytest.fixture
async def school(house: House, openid: OpenId) -> AsyncIterator[House]:
    providers = Providers([openid.setting()], public_url=ORIGIN)
    house.services["auth"].api.state.providers = providers
    yield house
    await providers.close()


async def come_back(http: httpx.AsyncClient, at: OpenId, address: str, name: str) -> httpx.Response:
    # As a browser does it that was sent by another site.
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    return await http.get("/sign-in/return", params=await at.visit(address, name), headers=headers)


async def test_an_account_is_linked_and_signs_in_and_only_in_the_browser_that_left(
    school: House, openid: OpenId
) -> None:
    haddad = await (await school.add("haddad", Role.TEACHER)).sign_in("elevated")
    begun = await haddad.post("/me/accounts", json={"provider": "microsoft"})
    linked = await come_back(haddad.http, openid, begun.json()["address"], "stranger")
    assert (linked.status_code, linked.headers["location"]) == (303, "/me?with=linked")
    (mine,) = (await haddad.get("/me/accounts")).json()["accounts"]
    assert mine["label"] == "Microsoft 365"
    async with browser(school.gateway.api) as http, browser(school.gateway.api) as thief:
        shown = await http.get(f"{API}/sign-in/providers")
        assert shown.json() == {"providers": [{"id": "microsoft", "label": "Microsoft 365"}]}
        begun = await http.post(f"{API}/sign-in/provider", json={"provider": "microsoft"})
        cookie = begun.headers["set-cookie"]
        assert "heed_provider=" in cookie
        assert "HttpOnly" in cookie
        params = await openid.visit(begun.json()["address"], "stranger")
        stolen = await thief.get("/sign-in/return", params=params)
        assert (stolen.headers["location"], "heed_session" in thief.cookies) == ("/sign-in?with=refused", False)
        back = await http.get("/sign-in/return", params=params)
        assert (back.status_code, back.headers["location"]) == (303, "/sign-in/code")
        assert "heed_provider" not in http.cookies
        me = (await http.get(f"{API}/me")).json()
        assert (me["staff_id"], me["assurance"]) == (str(haddad.id), "password")
        again = await http.get("/sign-in/return", params=params)
        assert again.headers["location"] == "/sign-in?with=refused"
    assert (await haddad.ask("DELETE", f"/me/accounts/{mine['id']}")).status_code == 204


async def test_nobodys_account_and_what_nobody_began_are_refused(school: House, openid: OpenId) -> None:
    async with browser(school.gateway.api) as http:
        begun = await http.post(f"{API}/sign-in/provider", json={"provider": "microsoft"})
        refused = await come_back(http, openid, begun.json()["address"], "okafor")
        assert refused.headers["location"] == "/sign-in?with=refused"
        assert (await http.get("/sign-in/return")).headers["location"] == "/sign-in?with=refused"
        foreign = {"Origin": "https://evil.example"}
        planted = await http.post(f"{API}/sign-in/provider", json={"provider": "microsoft"}, headers=foreign)
        assert planted.status_code == 403
    haddad = await (await school.add("haddad", Role.TEACHER)).sign_in()
    refused = await haddad.post("/me/accounts", json={"provider": "microsoft"})
    assert refused.json()["type"].endswith("/elevation-required")


async def test_a_provider_that_is_away_is_said_and_the_password_goes_on(house: House, openid: OpenId) -> None:
    nowhere = openid.setting(issuer=f"http://127.0.0.1:{free_port()}")
    providers = house.services["auth"].api.state.providers = Providers([nowhere], public_url=ORIGIN)
    okafor = house.people["okafor"]
    async with browser(house.gateway.api) as http:
        away = await http.post(f"{API}/sign-in/provider", json={"provider": "microsoft"})
        assert away.status_code == 503
        assert away.json()["detail"].startswith("Signing in with Microsoft 365 does not work just now.")
        assert (await http.post(f"{API}/sign-in/provider", json={"provider": "another"})).status_code == 404
    away = await okafor.post("/me/accounts", json={"provider": "microsoft"})
    assert away.json()["detail"].startswith("Signing in with Microsoft 365 does not work just now.")
    await okafor.sign_in("password")
    await providers.close()


async def test_an_account_is_linked_and_signs_in_by_the_pages(school: House, openid: OpenId) -> None:
    haddad = await (await school.add("haddad", Role.TEACHER)).sign_in("elevated")
    csrf = {"csrf": haddad.http.cookies["heed_csrf"]}
    assert "Link Microsoft 365" in (await haddad.http.get("/me")).text
    leaving = await haddad.http.post("/me/accounts", data={**csrf, "provider": "microsoft"})
    linked = await come_back(haddad.http, openid, address_in(leaving.text), "stranger")
    shown = (await haddad.http.get(linked.headers["location"])).text
    assert "The account is linked." in shown
    (unlink,) = re.findall(r'action="(/me/accounts/[^"]+/unlink)"', shown)
    async with browser(school.gateway.api) as http:
        assert "Use Microsoft 365" in (await http.get("/sign-in")).text
        leaving = await http.post("/sign-in/provider", data={"provider": "microsoft"})
        assert "heed_provider" in http.cookies
        back = await come_back(http, openid, address_in(leaving.text), "stranger")
        assert back.headers["location"] == "/sign-in/code"
        assert (await haddad.http.post(unlink, data=csrf)).status_code == 303
        leaving = await http.post("/sign-in/provider", data={"provider": "microsoft"})
        refused = await come_back(http, openid, address_in(leaving.text), "stranger")
        assert "That account opens nothing here." in (await http.get(refused.headers["location"])).text


def address_in(page: str) -> str:
    found = re.search(r'<a class="btn" href="([^"]+)"', page)
    assert found is not None, page
    return unescape(found[1])
