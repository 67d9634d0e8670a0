"""The few pages there are so far: a plain start, the API in words, where a mail leads, and the demonstration's mail."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from services.gateway.edge import OWN_STYLE
from services.gateway.openapi import BASE
from services.gateway.reading import in_words
from shared.errors import NotFound
from shared.identity import public

FOLDER = Path(__file__).parent.parent / "pages"
PAGES = Environment(
    loader=FileSystemLoader(FOLDER), autoescape=select_autoescape(default=True), undefined=StrictUndefined
)
SHOWN = 100

router = APIRouter(include_in_schema=False, dependencies=[Depends(public())])


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


@router.get("/")
async def landing(request: Request) -> Response:
    return _page(request, "landing.html")


@router.get("/assets/heed.css")
async def style() -> Response:
    return Response((FOLDER / "heed.css").read_bytes(), media_type="text/css")


@router.get(f"{BASE}/openapi.json")
async def openapi(request: Request) -> Response:
    return JSONResponse(request.app.openapi())


@router.get(f"{BASE}/docs")
async def docs(request: Request) -> Response:
    document = request.app.openapi()
    return _page(request, "docs.html", api=document, tags=in_words(document))


@router.get("/alerts/{_}")
async def alert(request: Request, _: str) -> Response:
    """Where the link in a mail leads. The same page for every id: it knows nothing and tells nothing."""
    return _page(request, "alert.html")


@router.get("/password/{_}")
async def password(request: Request, _: str) -> Response:
    """Where the link of an invitation leads. Looking at it does nothing: what checks mails looks at links too."""
    return _page(request, "password.html")


@router.get("/demo/mail")
async def mail(request: Request) -> Response:
    if not _demo(request):
        raise NotFound()
    caught: CapturedMail | None = getattr(request.app.state, "captured_mail", None)
    newest = sorted(caught() if caught else (), key=lambda one: one.at, reverse=True)[:SHOWN]
    return _page(request, "mail.html", mails=newest)


def _page(request: Request, template: str, **content: object) -> Response:
    html = PAGES.get_template(template).render(demo=_demo(request), **content)
    return HTMLResponse(html, headers={"Content-Security-Policy": OWN_STYLE})


def _demo(request: Request) -> bool:
    demo: bool = request.app.state.settings.mode == "demo"
    return demo
