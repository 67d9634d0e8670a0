"""When something goes wrong on a page: a page that says what to do, with what was typed kept."""

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlencode

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from services.gateway.csrf import SAFE
from services.gateway.gate import gate_of
from services.gateway.openapi import BASE
from services.gateway.pages.forms import CODE, Form
from services.gateway.pages.frame import AT_THE_DOOR, page
from services.gateway.pages.held import Held, hold
from shared.errors import NotFound, Problem
from shared.logging import describe

log = structlog.get_logger()
FIRST = {"not-signed-in": "/sign-in", "second-factor-required": "/sign-in/code", "elevation-required": "/elevate"}
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class PageRoute(APIRoute):
    """A route whose failures are pages."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handle(request)
            except Problem as problem:
                return as_page(request, problem)
            except (RequestValidationError, HTTPException):
                # An address that nobody was given: an id that is none, a filter of somebody's own making.
                return as_page(request, NotFound())
            except Exception as problem:
                log.error("a page failed", **describe(problem))
                return as_page(request, Problem("Try again. What you typed is kept below; tell us if it stays."))
            finally:
                # A file that was sent lies open until then.
                await request.close()

        return handled


def as_page(request: Request, problem: Problem) -> Response:
    """Sign-in, a code or a step-up where that is what is missing; else what happened, and what was typed."""
    form: Form = getattr(request.state, "form", Form())
    held = hold(_path(request), form) if request.method not in SAFE else None
    if problem.code in FIRST:
        return _first(request, problem.code, form, held) if held else _away(request, FIRST[problem.code])
    return page(
        request,
        "problem.html",
        status=problem.status,
        headers={"Retry-After": problem.headers["Retry-After"]} if "Retry-After" in problem.headers else None,
        problem=problem,
        typed=form.typed,
        action=_path(request) if held else None,
    )


def _first(request: Request, code: str, form: Form, held: Held) -> Response:
    """The page that comes first, with what was typed on it."""
    following = _path(request)
    if code == "not-signed-in" and gate_of(request).cookies.kiosk_of(request):
        return page(request, "kiosk/start.html", status=401, held=held.text(), ended=True, door=None)
    if code == "not-signed-in":
        told = {**AT_THE_DOOR, "held": held.text(), "ended": True}
        return page(request, "sign-in.html", status=401, next=following, **told)
    if code == "second-factor-required":
        return page(request, "code.html", status=403, next=following, held=held.text(), interrupted=True)
    # The code goes with what was typed: one step, and it is done.
    shown = Form(errors={name: words for name, words in form.errors.items() if name == CODE})
    return page(request, "elevate.html", status=403, form=shown, next=following, held=held, interrupted=True)


def answer_with_pages(api: FastAPI) -> None:
    """An address that is none is answered with a page where a browser asks for one."""
    to_programs = api.exception_handlers[HTTPException]

    async def answer(request: Request, problem: Exception) -> Response:
        if _wants_page(request):
            return as_page(request, NotFound())
        return await to_programs(request, problem)  # type: ignore[no-any-return,misc]

    api.add_exception_handler(HTTPException, answer)


def _wants_page(request: Request) -> bool:
    """Whether a browser asks for a page: a program that asks the API is answered as it always was."""
    path = request.url.path
    return not path.startswith((BASE, "/health/", "/assets/")) and "text/html" in request.headers.get("accept", "")


def _path(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def _away(request: Request, where: str) -> Response:
    if where == FIRST["not-signed-in"] and gate_of(request).cookies.kiosk_of(request):
        return RedirectResponse("/kiosk", 303)
    path = _path(request)
    coming_back = f"?{urlencode({'next': path})}" if path not in {"/", "/my"} and request.method in SAFE else ""
    return RedirectResponse(where + coming_back, 303)
