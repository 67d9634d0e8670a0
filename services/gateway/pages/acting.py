"""A form that does one thing: what comes of it, or the page again with what is to be put right."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fastapi import Request, Response

from services.gateway.pages.api import Refused
from services.gateway.pages.forms import To
from services.gateway.pages.frame import to
from services.gateway.pages.visit import Visit


async def done_or_again(
    request: Request,
    visit: Visit,
    act: Awaitable[Any],
    *,
    then: str,
    again: Callable[[], Awaitable[Response]],
    fields: To | Mapping[str, str] | None = None,
) -> Response:
    """`then` is where it goes on, `again` the page with what was typed. What names no field is a page of its own."""
    try:
        await act
    except Refused as problem:
        if not problem.errors:
            raise
        visit.form.take(problem, fields)
        return await again()
    return to(request, then)
