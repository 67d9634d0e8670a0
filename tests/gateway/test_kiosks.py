"""A kiosk through the gateway: registered, signed in on, one concern logged, signed out; and nothing read on it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi.routing import APIRoute

from deploy import openapi
from services.gateway.app import API_ROUTERS
from services.gateway.cookies import CSRF
from shared.contracts.words import Role
from shared.ids import new_id
from tests.architecture.test_permissions import permissions_of
from tests.conftest import Cluster
from tests.gateway.conftest import API, PASSWORD, House, Person, browser, key

pytestmark = pytest.mark.postgres
HERE = {"incident:log", "draft:keep", "pupil:pick", "category:list", "staff:list"}
SECOND_FACTORS = {
    "POST /api/v1/sign-in/code",
    "POST /api/v1/elevate",
    "POST /api/v1/me/school",
    "POST /api/v1/me/confirm",
    "POST /api/v1/sign-in/code/passkey/options",
    "POST /api/v1/sign-in/code/passkey",
    "POST /api/v1/elevate/passkey/options",
    "POST /api/v1/elevate/passkey",
}
# Leaving elevated access takes away what nobody has here.
ME = {"GET /api/v1/me", "POST /api/v1/sign-out", "DELETE /api/v1/elevate"}


async def kiosk_of(house: House) -> tuple[Person, dict[str, Any]]:
    """A browser that is a kiosk, with nobody signed in."""
    made = await house.people["okafor"].post("/kiosks", json={"name": "Staff room"})
    assert made.status_code == 201, made.text
    someone = Person(house, new_id(), "", "", browser(house.gateway.api))
    become = await someone.post("/kiosk", json={"token": made.json()["token"]})
    assert become.status_code == 200, become.text
    return someone, made.json()


async def identify(kiosk: Person, person: Person) -> Person:
    body = {"email": person.email, "password": PASSWORD}
    answer = await kiosk.post("/kiosk/sign-in", json=body)
    assert answer.status_code == 200, answer.text
    return replace(person, http=kiosk.http)


async def test_r43_c15_one_logs_under_ones_own_name_and_is_signed_out_at_once(
    house: House, empty_cluster: Cluster
) -> None:
    kiosk, made = await kiosk_of(house)
    haddad = await house.add("haddad", Role.TEACHER)
    assert (await kiosk.get("/kiosk")).json()["name"] == "Staff room"
    here = await identify(kiosk, haddad)
    assert (await here.get("/me")).json()["kiosk_id"] == made["id"]
    assert (await here.get("/pupils", params={"starts": "row"})).json()["pupils"]
    draft = f"/drafts/{new_id()}"
    assert (await here.put(draft, json={"version": 0, "content": {"narrative": "Rowan"}})).status_code == 200
    assert (await here.get("/drafts")).status_code == 403
    once = key()
    body = house.concern()
    forged = await here.http.post(f"{API}/incidents", json=body, headers=once)
    assert (forged.status_code, forged.json()["type"].rpartition("/")[2]) == (403, "csrf")
    logged = await here.post("/incidents", json=body, headers=once)
    assert logged.status_code == 201, logged.text
    assert CSRF not in here.http.cookies
    assert (await here.get("/me")).status_code == 401
    # The same device, the same person: what was sent twice is one concern.
    again = await (await identify(kiosk, haddad)).post("/incidents", json=body, headers=once)
    assert again.json()["id"] == logged.json()["id"]
    read = await house.people["okafor"].get(f"/incidents/{logged.json()['id']}")
    assert (read.json()["author_id"], read.json()["kiosk_id"]) == (str(haddad.id), made["id"])
    own = await house.people["okafor"].log()
    assert (await house.people["okafor"].get(f"/incidents/{own}")).json()["kiosk_id"] is None
    connection = await asyncpg.connect(empty_cluster.admin("incident"))
    details = await connection.fetchval("SELECT details::text FROM audit WHERE action = 'incident:logged' LIMIT 1")
    await connection.close()
    assert made["id"] in details
    await kiosk.http.aclose()


async def test_c15_the_session_is_over_for_whoever_kept_its_cookies(house: House) -> None:
    kiosk, _ = await kiosk_of(house)
    here = await identify(kiosk, await house.add("haddad", Role.TEACHER))
    kept = replace(here, http=browser(house.gateway.api))
    kept.http.cookies.update(here.http.cookies)
    await here.log()
    assert (await kept.get("/me")).status_code == 401
    assert (await kept.post("/incidents", json=house.concern(), headers=key())).status_code == 401
    for person in (kept, kiosk):
        await person.http.aclose()


async def test_c15_nobody_signs_in_on_a_kiosk_by_the_page_for_reading_until_it_is_revoked(house: House) -> None:
    kiosk, made = await kiosk_of(house)
    haddad = await house.add("haddad", Role.LEAD_DSL)
    typed = {"email": haddad.email, "password": PASSWORD}
    for answer in (await kiosk.http.get("/sign-in?next=/my"), await kiosk.http.post("/sign-in", data=typed)):
        assert (answer.status_code, answer.headers["location"]) == (303, "/kiosk")
        assert "set-cookie" not in answer.headers
    assert (await kiosk.get("/me")).status_code == 401
    assert (await house.people["okafor"].ask("DELETE", f"/kiosks/{made['id']}")).status_code == 204
    assert "E-mail address" in (await kiosk.http.get("/sign-in")).text
    assert (await kiosk.http.post("/sign-in", data=typed)).status_code == 200
    assert (await kiosk.get("/me")).status_code == 200
    await kiosk.http.aclose()


async def test_r43_a_revoked_kiosk_is_none_and_a_browser_that_never_was_one_neither(house: House) -> None:
    kiosk, made = await kiosk_of(house)
    here = await identify(kiosk, await house.add("haddad", Role.TEACHER))
    revoked = await house.people["okafor"].ask("DELETE", f"/kiosks/{made['id']}")
    assert revoked.status_code == 204
    body = {"email": here.email, "password": PASSWORD}
    for browsing in (kiosk, Person(house, new_id(), "", "", browser(house.gateway.api))):
        assert (await browsing.get("/kiosk")).status_code == 404
        assert (await browsing.post("/kiosk/sign-in", json=body)).status_code == 404
    assert (await kiosk.post("/kiosk", json={"token": made["token"]})).status_code == 404
    other = {"Origin": "https://elsewhere.example"}
    for path, sent in (("/kiosk", {"token": made["token"]}), ("/kiosk/sign-in", body)):
        assert (await kiosk.post(path, json=sent, headers=other)).status_code == 403
    await kiosk.http.aclose()


async def test_c15_no_way_to_sign_in_as_on_ones_own_device_is_open_on_a_kiosk(house: House) -> None:
    """Whoever came in by one could read on it. Once it is revoked it is a device like any other."""
    kiosk, made = await kiosk_of(house)
    haddad = await house.add("haddad", Role.TEACHER)
    body = {"email": haddad.email, "password": PASSWORD}
    passkey = openapi.document("gateway")["paths"][f"{API}/sign-in/passkey"]["post"]["requestBody"]["content"]
    for path, sent in (
        ("/sign-in", body),
        ("/sign-in/provider", {"provider": "school"}),
        ("/sign-in/passkey", passkey["application/json"]["example"]),
    ):
        refused = await kiosk.post(path, json=sent)
        assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (403, "not-permitted"), path
        assert CSRF not in kiosk.http.cookies
    assert (await house.people["okafor"].ask("DELETE", f"/kiosks/{made['id']}")).status_code == 204
    assert (await kiosk.post("/sign-in", json=body)).status_code == 200
    await kiosk.http.aclose()


def calls() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every call that asks for a right which is not to be had on a kiosk, as it is described."""
    described = openapi.document("gateway")["paths"]
    for route in (route for router in API_ROUTERS for route in router.routes if isinstance(route, APIRoute)):
        words = {one.words for one in permissions_of(route)}
        for method in route.methods or ():
            if "public" not in words and not words & HERE and f"{method} {route.path}" not in ME:
                yield f"{method} {route.path}", described[route.path][method.lower()]


async def ask_by_example(person: Person, call: str, operation: dict[str, Any]) -> httpx.Response:
    """Send what the description shows: whatever is refused is refused for who asks, and not for what they send."""
    method, _, path = call.partition(" ")
    sent: dict[str, Any] = {"headers": {}, "params": {}}
    for kind, media in operation.get("requestBody", {}).get("content", {}).items():
        sent |= {"json": media["example"]} if kind == "application/json" else {"content": media["example"]}
        sent["headers"] = {"content-type": kind}
    for one in operation.get("parameters", ()):
        if one["in"] == "path":
            path = path.replace(f"{{{one['name']}}}", _value(one["schema"]))
        elif one.get("required"):
            sent["headers" if one["in"] == "header" else "params"][one["name"]] = _value(one["schema"])
    return await person.ask(method, path.removeprefix(API), **sent)


def _value(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return str(schema["enum"][0])
    by_kind = {"integer": "1", "boolean": "true"}
    return str(new_id()) if schema.get("format") == "uuid" else by_kind.get(schema.get("type", ""), "rowan-rowan")


async def test_c15_every_other_call_of_the_api_is_refused_on_a_kiosk(house: House) -> None:
    """For a lead DSL, who could do nearly all of it elsewhere."""
    kiosk, _ = await kiosk_of(house)
    here = await identify(kiosk, await house.add("osei", Role.LEAD_DSL))
    answers = {call: await ask_by_example(here, call, operation) for call, operation in calls()}
    assert len(answers) > 80
    # 401 where a second factor is given, for none counts here; the session itself is left as it was.
    through = {call: answer.text for call, answer in answers.items() if answer.status_code not in {401, 403}}
    assert through == {}
    assert {call for call, answer in answers.items() if answer.status_code == 401} <= SECOND_FACTORS
    assert (await here.get("/me")).json()["assurance"] == "password"
    await kiosk.http.aclose()
