"""The edge of every service: traces, access lines, body limits, and every failure as a problem (RFC 9457)."""

import json
import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from shared.errors import (
    MEDIA_TYPE,
    FieldError,
    Invalid,
    NotFound,
    Problem,
    TooLarge,
    WrongContentType,
    WrongMethod,
)
from shared.logging import describe
from shared.telemetry import REQUESTS
from shared.tracing import current_trace_id, enter, leave

LARGEST_BODY: Final = 1_000_000
LARGEST_FILE: Final = 10_000_000
LARGEST_XML: Final = 100_000_000
# Where a file is read as it comes; everywhere else a body is complete before anybody looks at it.
STREAMED: Final = "/roll/imports"
FILES: Final = frozenset({b"text/csv", b"application/xml", b"text/xml"})
BODIES: Final = frozenset(
    {b"application/json", b"text/csv", b"multipart/form-data", b"application/x-www-form-urlencoded"}
)
WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
log = structlog.get_logger()

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


def install(api: FastAPI, *, service: str) -> None:
    api.add_exception_handler(Problem, _problem)
    api.add_exception_handler(RequestValidationError, _invalid)
    api.add_exception_handler(HTTPException, _http)
    api.add_middleware(Edge, service=service)


class Edge:
    """Plain ASGI, so that it costs little and sees the answer's first byte."""

    def __init__(self, app: App, *, service: str) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 500
        headers = dict(scope["headers"])
        token = enter(headers.get(b"traceparent", b"").decode("latin-1"))

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message.get("headers", ()),
                    (b"x-request-id", (current_trace_id() or "").encode()),
                ]
            await send(message)

        try:
            refusal = _refuse(scope, headers)
            if refusal is None and scope["method"] in WITH_BODY:
                if _streamed(scope):
                    receive = _counted(receive, _limit(scope, headers))
                else:
                    receive, refusal = await _read(receive, _limit(scope, headers))
            if refusal is None:
                await self._app(scope, receive, watch)
            else:
                await answer(refusal)(scope, receive, watch)
        except Exception as problem:
            # Starlette has already answered a plain 500; ours is said in our own words.
            log.error("a request failed", **describe(problem))
            if status == 500:
                await _answer_quietly(scope, receive, watch)
        finally:
            self._note(scope, status, time.perf_counter() - began)
            leave(token)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        # The template ("/incidents/{id}"), never the path: what is in a path may be somebody's.
        route = getattr(scope.get("route"), "path", "unmatched")
        method = scope["method"]
        REQUESTS.labels(self._service, method, route, str(status)).observe(seconds)
        if not route.startswith("/health"):
            log.info(
                "request", service=self._service, method=method, route=route, status=status, ms=round(seconds * 1000, 1)
            )


async def _answer_quietly(scope: Scope, receive: Receive, send: Send) -> None:
    try:
        await answer(Problem("It is noted under the number in X-Request-Id. Try again; tell us if it stays."))(
            scope, receive, send
        )
    except RuntimeError:
        # The answer had begun; there is nothing left to say on this connection.
        return


def answer(problem: Problem) -> Response:
    return Response(
        json.dumps(problem.body(), ensure_ascii=False),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers=problem.headers,
    )


def _streamed(scope: Scope) -> bool:
    return bool(scope["path"].endswith(STREAMED) and scope["method"] == "POST")


def _kind(headers: dict[bytes, bytes]) -> bytes:
    return headers.get(b"content-type", b"").split(b";")[0].strip().lower()


def _limit(scope: Scope, headers: dict[bytes, bytes]) -> int:
    kind = _kind(headers)
    if _streamed(scope) and kind.endswith(b"/xml"):
        return LARGEST_XML
    return LARGEST_FILE if kind == b"text/csv" or kind.startswith(b"multipart/") else LARGEST_BODY


def _refuse(scope: Scope, headers: dict[bytes, bytes]) -> Problem | None:
    """What can be refused before a byte of the body is read."""
    length = headers.get(b"content-length", b"0")
    if length.isdigit() and int(length) > _limit(scope, headers):
        return _too_large(_limit(scope, headers))
    if scope["method"] in WITH_BODY and (length != b"0" or b"transfer-encoding" in headers):
        streamed = _streamed(scope)
        if _kind(headers) not in (FILES if streamed else BODIES):
            words = "Send the roll as text/csv or, if it is a CTF, as application/xml."
            json_words = "Send JSON (Content-Type: application/json), or text/csv for a roll."
            return WrongContentType(words if streamed else json_words)
    return None


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The limit is {limit // 1_000_000} MB.")


def _counted(receive: Receive, limit: int) -> Receive:
    """The body as it comes, and the refusal of one that grows past the limit, to whoever is reading it then."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise _too_large(limit)
        return message

    return counted


async def _read(receive: Receive, limit: int) -> tuple[Receive, Problem | None]:
    """The body as it came, to be received again, or the refusal of one that grows past the limit."""
    came: list[Message] = []
    seen = 0
    while True:
        message = await receive()
        came.append(message)
        seen += len(message.get("body", b""))
        if seen > limit:
            return receive, _too_large(limit)
        if not message.get("more_body", False):
            break

    async def again() -> Message:
        return came.pop(0) if came else await receive()

    return again, None


async def _problem(_: Request, problem: Exception) -> Response:
    assert isinstance(problem, Problem)
    return answer(problem)


async def _http(_: Request, problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)
    if problem.status_code == 404:
        return answer(NotFound())
    if problem.status_code == 405:
        return answer(WrongMethod(problem.headers))
    return answer(Invalid(detail="The request could not be read. Check that its body is valid JSON."))


async def _invalid(_: Request, problem: Exception) -> Response:
    assert isinstance(problem, RequestValidationError)
    return answer(Invalid(*field_errors(problem.errors())))


_WORDS: Final = {
    "missing": "Enter this.",
    "extra_forbidden": "This is not a field we know.",
    "string_too_short": "Enter at least {min_length} characters.",
    "string_too_long": "Use at most {max_length} characters.",
    "string_type": "This must be text.",
    "string_pattern_mismatch": "This does not have the form it needs.",
    "string_unicode": "Contains half of a character (a lone surrogate); type it again.",
    "too_short": "Name at least {min_length}.",
    "too_long": "Name at most {max_length}.",
    "list_type": "This must be a list.",
    "bool_type": "Answer true or false.",
    "bool_parsing": "Answer true or false.",
    "int_type": "This must be a whole number.",
    "int_parsing": "This must be a whole number.",
    "greater_than_equal": "This must be {ge} or more.",
    "less_than_equal": "This must be {le} or less.",
    "uuid_parsing": "This is not an id.",
    "uuid_type": "This is not an id.",
    "datetime_parsing": "Enter a date and time, for example 2026-03-12T12:40:00Z.",
    "datetime_from_date_parsing": "Enter a date and time, for example 2026-03-12T12:40:00Z.",
    "timezone_aware": "Say which time zone, for example 2026-03-12T12:40:00Z.",
    "date_parsing": "Enter a date, for example 2026-03-12.",
    "date_from_datetime_parsing": "Enter a date, for example 2026-03-12.",
    "json_invalid": "The request could not be read. Check that its body is valid JSON.",
    "model_attributes_type": "This must be an object with named fields.",
    "model_type": "This must be an object with named fields.",
    "nul": "Contains a NUL character, which cannot be stored; take it out.",
    "surrogate": "Contains half of a character (a lone surrogate); type it again.",
}


def field_errors(found: Iterable[Any]) -> list[FieldError]:
    """Pydantic's findings in our words; what was typed is not repeated."""
    return [FieldError(_path(error["loc"]), _message(error)) for error in found]


def _path(location: Iterable[str | int]) -> str:
    # The first step says where it came from (body, query, path, header), which a form has no use for.
    return ".".join(str(step) for step in list(location)[1:]) or "body"


def _message(error: Any) -> str:
    kind = error["type"]
    if kind in {"enum", "literal_error"}:
        return f"Choose one of: {error['ctx']['expected']}."
    if kind == "value_error":
        return str(error["ctx"]["error"]) if "ctx" in error else "Check this."
    words = _WORDS.get(kind)
    if kind == "string_too_short" and error["ctx"]["min_length"] == 1:
        words = _WORDS["missing"]
    return words.format(**error.get("ctx", {})) if words else "Check this."
