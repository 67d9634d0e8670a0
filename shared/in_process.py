"""Asking an app of this very process: the same request and the same answer, without what only a network needs."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any, Final
from urllib.parse import quote, unquote

import httpx

from shared.tracing import current_traceparent

Header = tuple[bytes, bytes]
NOBODY: Final = ("127.0.0.1", 123)
_STAY: Final = "/:@!$&'()*+,;=%-._~"
# What can be asked the short way; for anything else (a login, a file that is streamed) httpx puts the request together.
_SHORT: Final = frozenset({"json", "content", "params", "headers", "timeout"})


class InProcess(httpx.AsyncBaseTransport):
    """httpx.ASGITransport looks through the import path for a library it might be running under, at each request."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert isinstance(request.stream, httpx.AsyncByteStream)
        url = request.url
        scope = scope_of(
            request.method,
            url.raw_path.partition(b"?")[0].decode(),
            query=url.query,
            headers=((name.lower(), value) for name, value in request.headers.raw),
        )
        return await ask(self._app, scope, aiter(request.stream))


class Here(httpx.AsyncClient):
    """A client of one app of this process. Cookies, redirects and event hooks are not for services."""

    def __init__(self, app: Any, *, base_url: str, **options: Any) -> None:
        super().__init__(base_url=base_url, transport=InProcess(app), **options)
        self._app = app
        self._host = (b"host", self.base_url.netloc)

    async def request(self, method: str, url: httpx.URL | str, **given: Any) -> httpx.Response:
        asked = {name: value for name, value in given.items() if value not in (None, httpx.USE_CLIENT_DEFAULT)}
        content = asked.get("content", b"")
        path = url if isinstance(url, str) and url.startswith("/") and "?" not in url else None
        if path is None or not isinstance(content, bytes) or not asked.keys() <= _SHORT:
            return await super().request(method, url, **given)
        headers = [self._host, *fields(asked.get("headers", ()))]
        if "json" in asked:
            content = as_json(asked["json"])
            headers.append((b"content-type", b"application/json"))
        headers += length_of(method, content)
        if traceparent := current_traceparent():
            headers.append((b"traceparent", traceparent.encode()))
        answer = await ask(
            self._app, scope_of(method, path, query=query_of(asked.get("params")), headers=headers), content
        )
        answer.request = httpx.Request(method, self.base_url)
        return answer


async def ask(app: Any, scope: dict[str, Any], body: bytes | AsyncIterator[bytes]) -> httpx.Response:
    """The app's answer, whatever it says. Raises what the app raises."""
    answered = asyncio.Event()
    status, headers, parts = 500, list[Header](), list[bytes]()
    complete = False

    async def receive() -> dict[str, Any]:
        nonlocal complete
        if complete:
            # Nobody goes away before the answer is there.
            await answered.wait()
            return {"type": "http.disconnect"}
        chunk = body if isinstance(body, bytes) else await anext(body, None)
        complete = chunk is None or isinstance(body, bytes)
        return {"type": "http.request", "body": chunk or b"", "more_body": not complete}

    async def send(message: Mapping[str, Any]) -> None:
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status, headers = message["status"], list(message.get("headers", ()))
        elif message["type"] == "http.response.body":
            parts.append(message.get("body", b""))
            if not message.get("more_body", False):
                answered.set()

    await app(scope, receive, send)
    return httpx.Response(status, headers=headers, content=b"".join(parts))


def scope_of(
    method: str,
    path: str,
    *,
    headers: Iterable[Header],
    query: bytes = b"",
    scheme: str = "http",
    server: Any = ("heed", None),
    client: Any = NOBODY,
) -> dict[str, Any]:
    """A request as ASGI has it. Names of header fields are given in small letters."""
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "headers": list(headers),
        "scheme": scheme,
        "path": unquote(path),
        "raw_path": quote(path, safe=_STAY).encode(),
        "query_string": query,
        "server": server,
        "client": client,
        "root_path": "",
    }


def fields(given: Any) -> Iterable[Header]:
    """Header fields, as text or as bytes, with their names in small letters."""
    for name, value in given.items() if isinstance(given, Mapping) else given:
        yield (
            (name if isinstance(name, bytes) else name.encode()).lower(),
            value if isinstance(value, bytes) else value.encode("latin-1"),
        )


def length_of(method: str, content: bytes) -> list[Header]:
    """Said also of nothing, where something could be."""
    return [(b"content-length", b"%d" % len(content))] if content or method in {"POST", "PUT", "PATCH"} else []


def query_of(params: Any) -> bytes:
    return str(httpx.QueryParams(params)).encode() if params else b""


def as_json(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
