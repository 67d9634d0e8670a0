"""W3C trace context: one id that follows a request through HTTP, outbox and bus. Ids only, never a name."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from typing import Final

_FORM: Final = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}")

_current: ContextVar[str | None] = ContextVar("traceparent", default=None)


def current_traceparent() -> str | None:
    return _current.get()


def current_trace_id() -> str | None:
    """The 32 hexadecimal digits by which a request, its events and its log lines are found together."""
    traceparent = _current.get()
    return traceparent[3:35] if traceparent else None


def enter(traceparent: str | None) -> Token[str | None]:
    """Go on with the caller's trace in a span of our own, or begin one when there is none or it is malformed."""
    found = _FORM.fullmatch(traceparent or "")
    trace_id = found.group(1) if found else secrets.token_hex(16)
    return _current.set(f"00-{trace_id}-{secrets.token_hex(8)}-01")


def leave(token: Token[str | None]) -> None:
    _current.reset(token)


@contextmanager
def within(traceparent: str | None) -> Iterator[None]:
    """For what is done of several traces at once: this part is of this one."""
    token = enter(traceparent)
    try:
        yield
    finally:
        leave(token)
