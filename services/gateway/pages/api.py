"""A page asks Heed's own public API, in this process: what a page can do, everybody's program can, and no more."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx
from fastapi import Request

from services.gateway.csrf import HEADER
from services.gateway.gate import BACKGROUND
from services.gateway.limits import ASKED_BY_A_PAGE
from services.gateway.openapi import BASE
from shared.errors import MEDIA_TYPE, FieldError, Problem
from shared.in_process import as_json, ask, fields, length_of, query_of, scope_of

# What tells the API where the person is and which browser it is; everything else of the request stays outside.
SENT_ALONG = (
    *("cookie", "user-agent", "host", "origin", "sec-fetch-site", "x-forwarded-for", "traceparent"),
    BACKGROUND,
)


class Refused(Problem):
    """What the API refused, as it said it: status, code, words and the fields."""

    def __init__(self, body: Mapping[str, Any], status: int, headers: Mapping[str, str] | None = None) -> None:
        known = {"type", "title", "status", "detail", "errors"}
        super().__init__(
            body.get("detail", ""),
            errors=tuple(FieldError(error["path"], error["message"]) for error in body.get("errors", ())),
            headers=headers,
            extra={name: value for name, value in body.items() if name not in known},
        )
        # Each refusal has its own, where a class of problems has one for all.
        self.status = status  # type: ignore[misc]
        self.code = str(body.get("type", "")).rpartition("/")[2]  # type: ignore[misc]
        self.title = body.get("title", "That did not work")  # type: ignore[misc]


class Api:
    """The API as this browser may use it. Cookies that it sets are kept for the page's own answer."""

    def __init__(self, request: Request, *, csrf: str | None = None) -> None:
        self._request = request
        self._csrf = csrf
        self.set_cookies: list[str] = []

    async def get(self, path: str, **params: Any) -> Any:
        """What the API answers, read. Raises Refused."""
        given = {name: value for name, value in params.items() if value is not None}
        return (await self.send("GET", path, params=given)).json()

    async def post(self, path: str, body: Mapping[str, Any] | None = None, **rest: Any) -> Any:
        return _read(await self.send("POST", path, body=body, **rest))

    async def put(self, path: str, body: Mapping[str, Any] | None = None, **rest: Any) -> Any:
        return _read(await self.send("PUT", path, body=body, **rest))

    async def patch(self, path: str, body: Mapping[str, Any] | None = None, **rest: Any) -> Any:
        return _read(await self.send("PATCH", path, body=body, **rest))

    async def delete(self, path: str) -> None:
        await self.send("DELETE", path)

    async def send(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        content: bytes | None = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """The API's answer with its headers. Raises Refused."""
        sent = self._headers() | dict(headers or {})
        if body is not None:
            content, sent["content-type"] = as_json(body), "application/json"
        scope = scope_of(
            method,
            BASE + path,
            query=query_of(params),
            headers=[*fields(sent), *length_of(method, content or b"")],
            **{name: self._request.scope[name] for name in ("scheme", "server", "client")},
        )
        with _by_a_page():
            answer = await ask(self._request.app, scope, content or b"")
        self.set_cookies += answer.headers.get_list("set-cookie")
        if answer.is_error:
            raise refusal(answer)
        return answer

    def _headers(self) -> dict[str, str]:
        given = self._request.headers
        sent = {name: given[name] for name in SENT_ALONG if name in given}
        return sent | ({HEADER: self._csrf} if self._csrf else {})


@contextmanager
def _by_a_page() -> Iterator[None]:
    asked = ASKED_BY_A_PAGE.set(True)
    try:
        yield
    finally:
        ASKED_BY_A_PAGE.reset(asked)


def refusal(answer: httpx.Response) -> Refused:
    is_problem = answer.headers.get("content-type", "").startswith(MEDIA_TYPE)
    body = answer.json() if is_problem else {}
    waits = {"Retry-After": answer.headers["retry-after"]} if "retry-after" in answer.headers else {}
    return Refused(body, answer.status_code, waits)


def _read(answer: httpx.Response) -> Any:
    return answer.json() if answer.content else None
