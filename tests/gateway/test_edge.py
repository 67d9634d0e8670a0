"""What every answer carries, errors included, and what is refused before anybody looks at it."""

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute

from services.gateway.app import API_ROUTERS
from services.gateway.edge import SECURITY_HEADERS
from services.gateway.pages import PAGE_ROUTERS
from shared.peers import Peers
from tests.gateway.conftest import API, House, browser, gateway_of, key

NOBODYS = "01937b5e-2a10-7c11-9a1e-5d2f6a0b1c31"


def every_route() -> Iterator[tuple[str, str]]:
    for router in (*PAGE_ROUTERS, *API_ROUTERS):
        for route in router.routes:
            assert isinstance(route, APIRoute)
            for method in route.methods or ():
                yield method, re.sub(r"\{[\w:]+\}", NOBODYS, route.path)


ROUTES = sorted(every_route())


@pytest.fixture
async def alone() -> AsyncIterator[httpx.AsyncClient]:
    """A gateway that knows no other service: what the edge does needs none."""
    async with browser(gateway_of(Peers()).api) as http:
        yield http


def complete(answer: httpx.Response) -> None:
    for name, value in SECURITY_HEADERS.items():
        if name != "Content-Security-Policy":
            assert answer.headers[name] == value
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert re.fullmatch(r'"[a-z-]+";q=\d+;w=\d+(, "[a-z-]+";q=\d+;w=\d+)*', answer.headers["RateLimit-Policy"])
    assert re.fullmatch(r'"[a-z-]+";r=\d+;t=\d+(, "[a-z-]+";r=\d+;t=\d+)*', answer.headers["RateLimit"])
    if answer.is_error and answer.headers["Content-Type"].startswith("text/html"):
        assert "<h1>" in answer.text
        assert "Traceback" not in answer.text
    elif answer.is_error:
        assert answer.headers["Content-Type"] == "application/problem+json"
        said = answer.json()
        assert said["status"] == answer.status_code
        assert "Traceback" not in answer.text


def test_there_are_routes_to_ask() -> None:
    assert len(ROUTES) > 40


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_every_answer_carries_what_protects_it(alone: httpx.AsyncClient, method: str, path: str) -> None:
    complete(await alone.request(method, path))
    complete(await alone.request(method, path, json={"unknown": True}))


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", f"{API}/nowhere", 404),
        ("GET", f"{API}/incidents/", 404),
        ("PATCH", f"{API}/me", 405),
        ("DELETE", f"{API}/incidents/{NOBODYS}", 405),
        ("PUT", f"{API}/incidents/{NOBODYS}", 405),
        ("OPTIONS", f"{API}/incidents", 405),
        ("GET", "/demo/mail", 404),
    ],
)
async def test_errors_carry_it_too(alone: httpx.AsyncClient, method: str, path: str, status: int) -> None:
    answer = await alone.request(method, path)
    complete(answer)
    assert answer.status_code == status


async def test_a_failure_of_our_own_is_said_in_a_sentence_and_shows_nothing(caplog: pytest.LogCaptureFixture) -> None:
    service = gateway_of(Peers())
    router = APIRouter()

    @router.get("/fails")
    async def fails() -> None:
        raise RuntimeError("Rowan Adeyemi said so")

    service.api.include_router(router)
    async with browser(service.api) as http:
        answer = await http.get("/fails")
    complete(answer)
    assert answer.status_code == 500
    assert "Rowan" not in answer.text + caplog.text
    assert answer.headers["X-Request-Id"]


async def test_only_our_own_hosts_are_answered() -> None:
    service = gateway_of(Peers(), public_url="https://heed.oakfield.example", hosts="heed.internal")
    for origin, status in (
        ("https://heed.oakfield.example", 200),
        ("https://HEED.internal:8443", 200),
        ("https://localhost", 400),
        ("https://heed.oakfield.example.attacker.example", 400),
    ):
        async with browser(service.api, origin) as http:
            answer = await http.get("/sign-in")
            complete(answer)
            assert answer.status_code == status
    async with browser(service.api, "https://10.0.0.7") as http:
        assert (await http.get("/health/live")).status_code == 200


async def test_too_many_from_one_address_wait() -> None:
    async with browser(gateway_of(Peers(), address_requests_per_minute=3).api) as http:
        # A page that asks nothing of the API, which would count as well.
        answers = [await http.get("/signed-out") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        complete(answers[-1])
        assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
        assert (await http.get("/health/live")).status_code == 200


async def test_too_many_of_one_session_wait(house: House) -> None:
    okafor = house.people["okafor"]
    slow = gateway_of(house.peers, requests_per_minute=2)
    async with browser(slow.api) as http:
        http.cookies = okafor.http.cookies
        answers = [await http.get(f"{API}/me") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[0].headers["RateLimit"].startswith('"session";r=1;t=')
    complete(answers[-1])


@pytest.mark.parametrize(
    ("kind", "path", "status"),
    [
        ("text/plain", "/sign-in", 415),
        ("application/x-www-form-urlencoded", "/sign-in", 415),
        ("multipart/form-data; boundary=x", "/incidents", 415),
        ("text/csv", "/incidents", 415),
        ("application/xml", "/incidents", 415),
        ("", "/incidents", 415),
        ("application/json", "/roll", 415),
        ("application/json", "/incidents", 401),
        ("application/json; charset=utf-8", "/incidents", 401),
        ("text/csv", "/roll", 401),
    ],
)
async def test_the_wrong_content_type_is_refused(alone: httpx.AsyncClient, kind: str, path: str, status: int) -> None:
    headers = {"content-type": kind} if kind else {}
    answer = await alone.post(API + path, content=b'{"narrative": "x"}', headers=headers)
    complete(answer)
    assert answer.status_code == status


async def test_a_megabyte_is_refused_before_it_is_read(alone: httpx.AsyncClient) -> None:
    read = 0

    async def slowly() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(100):
            read += 1
            yield b" " * 100_000

    headers = {"content-type": "application/json"}
    said = await alone.post(f"{API}/incidents", content=slowly(), headers={**headers, "content-length": "10000000"})
    assert (said.status_code, read) == (413, 0)
    complete(said)
    unsaid = await alone.post(f"{API}/incidents", content=slowly(), headers=headers)
    assert unsaid.status_code == 413
    assert read == 11
    complete(unsaid)


BAD_TEXTS = [
    (b'{"narrative": "Rowan\\u0000"}', "narrative", "NUL"),
    (b'{"narrative": "Rowan \\ud800 said"}', "narrative", "lone surrogate"),
    (b'{"narrative": "x", "action_taken": "\\udfff"}', "action_taken", "lone surrogate"),
    (b'{"narrative": "x", "pupils": [{"pupil_id": "\\ud800"}]}', "pupils.0.pupil_id", ""),
    (b'{"narrative": "x", "pupils": [{"part": "\\ud800"}]}', "pupils.0.part", "lone surrogate"),
    (b'{"narrative": ""}', "narrative", "Enter this."),
    (b'{"narrativ": "x"}', "narrativ", "not a field we know"),
    (b'{"narrative": "x", "occurred_at": "2026-03-03T12:40:00"}', "occurred_at", "time zone"),
    (b'{"narrative": "x", "category_ids": []}', "category_ids", "at least 1"),
    (b'{"narrative": "x", "urgent": "perhaps"}', "urgent", "true or false"),
]


async def test_what_cannot_be_kept_is_refused_by_the_name_of_its_field(house: House) -> None:
    for body, path, words in BAD_TEXTS:
        answer = await post_concern(house, body)
        found = {error["path"]: error["message"] for error in answer.json()["errors"]}
        assert words in found[path], body


async def post_concern(house: House, body: bytes) -> httpx.Response:
    headers = {"content-type": "application/json", **key()}
    answer = await house.people["okafor"].post("/incidents", content=body, headers=headers)
    complete(answer)
    assert answer.status_code == 422, body[:40]
    return answer


async def test_no_body_is_too_odd_for_an_answer(house: House) -> None:
    for body in (
        b'{"\\ud800": 1}',
        b'{"narrative": "\xed\xa0\x80"}',
        b"\xff\xfe\x00",
        b'{"a": ' + b"[" * 100_000,
        b"not json",
        b"[]",
        b'"x"',
        b"null",
        b'{"narrative": NaN}',
        b'{"urgent": ' + b"9" * 10_000 + b"}",
    ):
        await post_concern(house, body)


WRONG_PLACES: list[tuple[str, str, dict[str, Any], str]] = [
    ("GET", "/incidents/not-an-id", {}, "incident_id"),
    ("GET", "/incidents", {"params": {"limit": 0}}, "limit"),
    ("GET", "/incidents", {"params": {"limit": 101}}, "limit"),
    ("GET", "/incidents", {"params": {"cursor": "nonsense"}}, "cursor"),
    ("GET", "/pupils", {"params": {"starts": "ro"}}, "starts"),
    ("GET", "/pupils", {"params": {"starts": "row\x00"}}, "starts"),
    ("GET", "/alerts", {"params": {"state": "eaten"}}, "state"),
    ("POST", "/incidents", {"headers": {"Idempotency-Key": "short"}}, "Idempotency-Key"),
    ("POST", "/incidents", {"headers": {"Idempotency-Key": "with a blank"}}, "Idempotency-Key"),
    ("POST", "/incidents", {"headers": {"Idempotency-Key": "ééééééééé".encode("latin-1")}}, "Idempotency-Key"),
    ("POST", "/incidents", {}, "Idempotency-Key"),
    ("POST", f"/incidents/{NOBODYS}/close", {"headers": {"If-Match": '"é"'.encode("latin-1")}}, "If-Match"),
    ("POST", f"/incidents/{NOBODYS}/close", {"headers": {"If-Match": "three"}}, "If-Match"),
]


async def test_what_is_wrong_is_named_wherever_it_is(house: House) -> None:
    okafor = house.people["okafor"]
    for method, path, rest, field in WRONG_PLACES:
        body = house.concern() if path == "/incidents" else {"reason": "because"}
        answer = await okafor.ask(method, path, json=None if method == "GET" else body, **rest)
        complete(answer)
        assert answer.status_code == 422, answer.text
        assert [error["path"] for error in answer.json()["errors"]] == [field]


async def test_pages_of_the_house_are_readable(alone: httpx.AsyncClient) -> None:
    for path in ("/sign-in", "/signed-out", f"{API}/docs"):
        page = await alone.get(path)
        complete(page)
        assert "<h1>" in page.text
        assert "Demonstration" not in page.text
