"""An app of this process is asked as by a client over the network: what it gets and what it says is the same."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request, Response

from shared.in_process import Here
from shared.tracing import within

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def app() -> FastAPI:
    made = FastAPI(openapi_url=None)

    @made.api_route("/told/{what:path}", methods=["GET", "POST", "DELETE"])
    async def told(request: Request, what: str) -> Response:
        said = {
            "method": request.method,
            "what": what,
            "raw": request.scope["raw_path"].decode(),
            "query": request.url.query,
            "kind": request.headers.get("content-type"),
            "length": request.headers.get("content-length"),
            "given": request.headers.getlist("x-given"),
            "body": (await request.body()).decode(),
        }
        return httpx_like(said)

    @made.get("/trace")
    async def trace(request: Request) -> dict[str, Any]:
        return {"traceparent": request.headers.get("traceparent"), "gone": await request.is_disconnected()}

    @made.get("/broken")
    async def broken() -> None:
        raise LookupError("broken")

    return made


def httpx_like(said: dict[str, Any]) -> Response:
    answer = Response(httpx.Request("POST", "http://t", json=said).content, 207, media_type="application/json")
    answer.headers.append("set-cookie", "a=1")
    answer.headers.append("set-cookie", "b=2")
    return answer


async def _streamed() -> AsyncIterator[bytes]:
    for part in (b"one ", b"two"):
        yield part


@pytest.mark.parametrize(
    ("method", "path", "given"),
    [
        ("GET", "/told/it", {"params": {"a": "ä &", "b": ["1", "2"], "c": True, "d": None}}),
        ("GET", "/told/a b/%2Fc", {"headers": {"X-Given": "once"}}),
        ("GET", "/told/it?x=1", {"timeout": 3}),
        ("POST", "/told/it", {"json": {"ä": [1, None]}, "headers": [(b"x-given", b"1"), (b"X-Given", b"2")]}),
        ("POST", "/told/it", {"content": b"a,b", "headers": {"content-type": "text/csv"}}),
        ("POST", "/told/it", {"json": {}, "auth": httpx.BasicAuth("name", "secret")}),
        ("POST", "/told/it", {}),
        ("DELETE", "/told/it", {}),
    ],
)
async def test_the_short_way_asks_what_the_long_one_asks(
    app: FastAPI, method: str, path: str, given: dict[str, Any]
) -> None:
    async with Here(app, base_url="http://t.heed") as short:
        said = await short.request(method, path, **given)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://t.heed") as long:
        expected = await long.request(method, path, **given)
    assert (said.status_code, said.json()) == (expected.status_code, expected.json())
    assert said.headers.multi_items() == expected.headers.multi_items()
    said.raise_for_status()


async def test_a_file_goes_through_as_it_comes(app: FastAPI) -> None:
    async with Here(app, base_url="http://t.heed") as client:
        answer = await client.post("/told/it", content=_streamed())
    assert answer.json()["body"] == "one two"


async def test_the_trace_goes_along_and_what_the_app_raises_comes_back(app: FastAPI) -> None:
    async with Here(app, base_url="http://t.heed") as client:
        with within(TRACE):
            answer = await asyncio.wait_for(client.get("/trace"), 10)
        with pytest.raises(LookupError):
            await client.get("/broken")
    assert answer.json()["traceparent"][3:35] == TRACE[3:35]
    assert answer.json()["gone"] is False
