"""What is there for looking around: the API in words, and the mail that a demonstration has caught."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from services.gateway.openapi import BASE
from services.gateway.pages.frame import demonstration, page
from services.gateway.pages.problems import PageRoute
from services.gateway.reading import in_words
from shared.errors import NotFound
from shared.identity import public

SHOWN = 100

router = APIRouter(include_in_schema=False, route_class=PageRoute, dependencies=[Depends(public())])


class Captured(Protocol):
    """One mail that the demonstration caught."""

    @property
    def at(self) -> datetime: ...
    @property
    def to(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def text(self) -> str: ...


CapturedMail = Callable[[], Sequence[Captured]]
"""The mails caught so far, in any order; put at `app.state.captured_mail` by whoever catches them."""


@router.get(f"{BASE}/openapi.json")
async def openapi(request: Request) -> Response:
    return JSONResponse(request.app.openapi())


@router.get(f"{BASE}/docs")
async def docs(request: Request) -> Response:
    document = request.app.openapi()
    return page(request, "docs.html", api=document, tags=in_words(document))


@router.get("/demo/mail")
async def mail(request: Request) -> Response:
    if not demonstration(request):
        raise NotFound()
    caught: CapturedMail | None = getattr(request.app.state, "captured_mail", None)
    newest = sorted(caught() if caught else (), key=lambda one: one.at, reverse=True)[:SHOWN]
    return page(request, "mail.html", mails=newest)
