"""The defaults every service gets: problems in plain words, limits, health, traces; what was typed is not repeated."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, Depends

from shared.errors import FieldError, Invalid, NotFound, NotPermitted
from shared.identity import public
from shared.schemas import Body, Text
from shared.service import create_api
from shared.settings import HouseSettings

CANARY = "Rowan said Kestrel-4471"


class Note(Body):
    text: Text(20)  # type: ignore[valid-type]
    count: int = 0


def make_api(checks: Any = None) -> httpx.AsyncClient:
    router = APIRouter(dependencies=[Depends(public())])

    @router.post("/notes")
    async def add(note: Note) -> dict[str, str]:
        return {"text": note.text}

    @router.get("/fails")
    async def fails() -> None:
        raise RuntimeError(CANARY)

    @router.get("/refuses/{how}")
    async def refuses(how: str) -> None:
        raise {
            "absent": NotFound(),
            "forbidden": NotFound(),
            "rights": NotPermitted("the head"),
            "field": Invalid(FieldError("pupils.0.part", "Choose what part this child had.")),
        }[how]

    api = create_api("test", routers=[router], verifier=None, checks=checks or {}, settings=HouseSettings())
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=api, raise_app_exceptions=False), base_url="http://t")


@pytest.fixture
async def api() -> AsyncIterator[httpx.AsyncClient]:
    async with make_api() as client:
        yield client


@pytest.mark.parametrize(
    ("body", "path", "says"),
    [
        ({}, "text", "Enter this."),
        ({"text": "x" * 21}, "text", "Use at most 20 characters."),
        ({"text": "a\x00b"}, "text", "NUL"),
        ({"text": 7}, "text", "must be text"),
        ({"text": "x", "colour": CANARY}, "colour", "not a field we know"),
        ({"text": "x", "count": CANARY}, "count", "whole number"),
    ],
)
async def test_a_bad_field_is_named_with_what_to_do(
    api: httpx.AsyncClient, body: dict[str, Any], path: str, says: str
) -> None:
    answer = await api.post("/notes", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["path"] for error in answer.json()["errors"]] == [path]
    assert says in answer.json()["errors"][0]["message"]
    assert CANARY not in answer.text


async def test_half_a_character_is_refused_by_name(api: httpx.AsyncClient) -> None:
    answer = await api.post("/notes", content=b'{"text": "\\ud83d"}', headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert "half of a character" in answer.text


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"[]", b'"text"', b"null"])
async def test_what_is_no_object_is_a_problem_not_a_crash(api: httpx.AsyncClient, content: bytes) -> None:
    answer = await api.post("/notes", content=content, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["type"].endswith("/invalid")


async def test_a_failure_of_ours_says_nothing_of_its_cause(
    api: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = await api.get("/fails")
    assert answer.status_code == 500
    assert answer.json()["title"] == "Something went wrong on our side"
    assert len(answer.headers["x-request-id"]) == 32
    assert CANARY not in answer.text + capsys.readouterr().err


async def test_absent_and_forbidden_are_the_same_answer(api: httpx.AsyncClient) -> None:
    answers = [await api.get(path) for path in ("/refuses/absent", "/refuses/forbidden", "/nowhere")]
    assert len({(answer.status_code, answer.text) for answer in answers}) == 1
    assert answers[0].status_code == 404


async def test_a_refusal_says_who_can(api: httpx.AsyncClient) -> None:
    answer = await api.get("/refuses/rights")
    assert (answer.status_code, answer.json()["detail"]) == (403, "This can be done by: the head.")
    field = (await api.get("/refuses/field")).json()["errors"]
    assert field == [{"path": "pupils.0.part", "message": "Choose what part this child had."}]


async def test_a_body_over_the_limit_is_refused_by_its_length_and_by_its_count(api: httpx.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield b"x" * 100_000

    kind = {"content-type": "application/json"}
    assert (await api.post("/notes", content=b"x" * 1_000_001, headers=kind)).status_code == 413
    assert (await api.post("/notes", content=endless(), headers=kind)).status_code == 413


async def test_a_form_we_cannot_read_is_refused(api: httpx.AsyncClient) -> None:
    answer = await api.post("/notes", content=b"<note/>", headers={"content-type": "application/xml"})
    assert answer.status_code == 415


async def test_the_wrong_kind_of_request_is_said(api: httpx.AsyncClient) -> None:
    answer = await api.get("/notes")
    assert answer.status_code == 405
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_trace_goes_on_and_a_malformed_one_begins_anew(api: httpx.AsyncClient) -> None:
    given = "0af7651916cd43dd8448eb211c80319c"
    kept = await api.get("/health/live", headers={"traceparent": f"00-{given}-b7ad6b7169203331-01"})
    new = await api.get("/health/live", headers={"traceparent": CANARY})
    assert kept.headers["x-request-id"] == given
    assert new.headers["x-request-id"] not in {given, CANARY}


async def test_readiness_names_what_is_missing_and_nothing_more() -> None:
    async def gone() -> None:
        raise OSError("postgresql://heed:secret@db")

    async def fine() -> None: ...

    async with make_api({"database": gone, "bus": fine}) as client:
        answer = await client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (503, {"status": "not ready", "missing": ["database"]})
    assert json.loads((await make_api({"bus": fine}).get("/health/ready")).text) == {"status": "ready"}
