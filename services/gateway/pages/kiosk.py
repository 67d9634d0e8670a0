"""The kiosk: a school's device on which everybody logs under their own name, and nobody reads (R43, C15)."""

import hashlib
import hmac
from contextlib import suppress
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response

from services.gateway.csrf import same_site
from services.gateway.gate import gate_of
from services.gateway.pages import forms
from services.gateway.pages.api import Api, Refused
from services.gateway.pages.forms import HELD, Form
from services.gateway.pages.frame import page, to
from services.gateway.pages.held import held_in
from services.gateway.pages.kiosk_device import device
from services.gateway.pages.problems import PageRoute
from services.gateway.pages.sign_in import cookie_set, still_theirs
from shared.errors import NotFound
from shared.identity import public

router = APIRouter(prefix="/kiosk", include_in_schema=False, route_class=PageRoute, dependencies=[Depends(public())])
# Long enough to note the number, and gone before the next person stands there. By a header: it needs no script.
SHOWN_SECONDS: Final = 20


@router.get("")
async def start(request: Request) -> Response:
    """Whoever was here before and walked away is signed out by the one who begins."""
    api, door = Api(request), await device(request)
    if door is None:
        return page(request, "kiosk/token.html")
    answer = _start(request, door)
    session = gate_of(request).cookies.session_of(request)
    if session is not None:
        with suppress(Refused):
            await Api(request, csrf=gate_of(request).csrf.token(session)).post("/sign-out")
        gate_of(request).cookies.end(answer)
    return _with(answer, api)


@router.post("")
async def become(request: Request) -> Response:
    """The token that the DSL team was shown makes this browser the kiosk."""
    api, form = await _posted(request)
    try:
        await api.post("/kiosk", {"token": form.text("token")})
    except Refused as problem:
        if problem.code not in {"invalid", "not-found"}:
            raise
        form.wrong("token", "This token is good for no kiosk. Copy all of it, or register the device again.")
        return page(request, "kiosk/token.html", form=form)
    return _with(to(request, "/kiosk"), api)


@router.post("/sign-in")
async def identify(request: Request) -> Response:
    api, form = await _posted(request)
    held = held_in(form.raw(HELD))
    try:
        given = await api.post("/kiosk/sign-in", {"email": form.text("email"), "password": form.raw("password")})
    except Refused as problem:
        form.take(problem, {"": "email"})
        shown = Form([one for one in form.fields if one[0] != "password"], errors=form.errors)
        return _start(request, await device(request), form=shown, status=problem.status)
    theirs = await still_theirs(request, cookie_set(api, gate_of(request).cookies.session), held)
    if theirs is not None:
        return _with(page(request, "held.html", back=theirs, csrf=given["csrf_token"]), api)
    return _with(to(request, "/incidents/new"), api)


@router.get("/recorded")
async def recorded(request: Request, number: str = "", mark: str = "") -> Response:
    """Nobody is signed in any more: the number alone is shown, and then the start."""
    if not hmac.compare_digest(mark.encode(), _mark(request, number).encode()):
        raise NotFound()
    refresh = {"Refresh": f"{SHOWN_SECONDS}; url=/kiosk"}
    return page(request, "kiosk/recorded.html", number=number, seconds=SHOWN_SECONDS, headers=refresh)


def address(request: Request, logged: dict[str, Any]) -> str:
    """Where a concern that was logged on a kiosk is confirmed: its session has ended with it."""
    number = str(logged["number"])
    return "/kiosk/recorded?" + urlencode({"number": number, "mark": _mark(request, number)})


def _mark(request: Request, number: str) -> str:
    secret = gate_of(request).secret.get_secret_value().encode()
    key = hmac.digest(secret, b"heed pages kiosk v1", hashlib.sha256)
    return hmac.new(key, number.encode(), hashlib.sha256).hexdigest()[:32]


def _start(request: Request, door: dict[str, Any] | None, **content: Any) -> Response:
    form: Form = content.pop("form", Form())
    shown = {"door": door, "ended": False, "held": form.raw(HELD)} | content
    return page(request, "kiosk/start.html", form=form, **shown)


async def _posted(request: Request) -> tuple[Api, Form]:
    same_site(request)
    form = request.state.form = await forms.read(request)
    return Api(request), form


def _with(answer: Response, api: Api) -> Response:
    for cookie in api.set_cookies:
        answer.headers.append("set-cookie", cookie)
    return answer
