"""Passkeys through the public API, as a page uses them."""

import pytest

from shared.contracts.words import Role
from tests.authenticator import SecurityKey
from tests.gateway.conftest import API, ORIGIN, House, Person, browser

pytestmark = pytest.mark.postgres


async def with_passkey(person: Person) -> SecurityKey:
    own = SecurityKey(ORIGIN, "localhost")
    options = (await person.post("/me/passkeys/options")).json()
    assert options["rp"] == {"id": "localhost", "name": "Heed"}
    assert options["authenticatorSelection"]["userVerification"] == "required"
    added = await person.post("/me/passkeys", json={"name": "Laptop", "credential": own.make(options)})
    assert (added.status_code, added.json()["name"]) == (201, "Laptop")
    return own


async def test_a_passkey_from_its_making_to_its_end(house: House) -> None:
    haddad = await (await house.add("haddad", Role.TEACHER)).sign_in("elevated")
    own = await with_passkey(haddad)
    assert (await haddad.get("/second-factor")).json() == {"code": True, "passkeys": 1, "recovery_codes_left": 0}
    assert (await haddad.post("/sign-out")).status_code == 204
    await haddad.sign_in("password")
    options = (await haddad.post("/sign-in/code/passkey/options")).json()
    assert len(options["allowCredentials"]) == 1
    given = await haddad.post("/sign-in/code/passkey", json={"credential": own.use(options), "remember": True})
    assert (given.status_code, "heed_device" in haddad.http.cookies) == (204, True)
    assert (await haddad.get("/me")).json()["assurance"] == "mfa"
    options = (await haddad.post("/elevate/passkey/options")).json()
    assert (await haddad.post("/elevate/passkey", json={"credential": own.use(options)})).status_code == 204
    (mine,) = (await haddad.get("/me/passkeys")).json()["passkeys"]
    assert mine["last_used_at"]
    assert (await haddad.ask("DELETE", f"/me/passkeys/{mine['id']}")).status_code == 204


async def test_a_passkey_alone_signs_in_and_only_in_the_browser_that_began(house: House) -> None:
    haddad = await (await house.add("haddad", Role.TEACHER)).sign_in("elevated")
    own = await with_passkey(haddad)
    own_pages = browser(house.gateway.api)
    async with own_pages as http, browser(house.gateway.api) as thief:
        options = (await http.post(f"{API}/sign-in/passkey/options")).json()
        signed = {"credential": own.use(options)}
        refused = await thief.post(f"{API}/sign-in/passkey", json=signed)
        assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (401, "sign-in-refused")
        answer = await http.post(f"{API}/sign-in/passkey", json=signed)
        assert (answer.status_code, answer.json()["needs"]) == (200, None)
        assert "heed_passkey" not in http.cookies
        me = await http.get(f"{API}/me")
        assert (me.json()["staff_id"], me.json()["assurance"]) == (str(haddad.id), "mfa")
    foreign = {"Origin": "https://evil.example"}
    async with browser(house.gateway.api) as http:
        assert (await http.post(f"{API}/sign-in/passkey/options", headers=foreign)).status_code == 403


async def test_a_program_has_no_passkeys(house: House) -> None:
    okafor = house.people["okafor"]
    made = await okafor.post("/tokens", json={"name": "Rota", "scopes": ["alert:read"]})
    headers = {"Authorization": f"Bearer {made.json()['token']}"}
    async with browser(house.gateway.api) as http:
        for path in ("/me/passkeys/options", "/elevate/passkey/options"):
            assert (await http.post(API + path, headers=headers)).status_code == 401
