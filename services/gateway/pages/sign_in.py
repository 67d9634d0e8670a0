"""Signing in: password, then the second factor; stepping up; signing out; and back to what was being written."""

from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Query, Request, Response

from services.gateway.csrf import same_site
from services.gateway.gate import gate_of
from services.gateway.pages import forms
from services.gateway.pages.api import Api, Refused
from services.gateway.pages.forms import HELD, Form
from services.gateway.pages.frame import AT_THE_DOOR, page, to
from services.gateway.pages.held import Held, held_in, local, owner_mark
from services.gateway.pages.kiosk_device import device
from services.gateway.pages.linked_accounts import CAME_BACK, offered
from services.gateway.pages.problems import PageRoute
from services.gateway.pages.visit import SignedInVisit
from services.gateway.sessions import Credential
from shared.identity import public

router = APIRouter(include_in_schema=False, route_class=PageRoute)
Open = [Depends(public())]
Next = Annotated[str, Query(alias="next", max_length=2_000)]
# Nothing of this site stays in a browser that others use.
CLEAR = '"cache", "storage"'
HOME = "/my"
KIOSK = "/kiosk"


@router.get("/sign-in", dependencies=Open)
async def sign_in_page(
    request: Request,
    following: Next = HOME,
    school: Annotated[str, Query(max_length=100)] = "",
    came: Annotated[str, Query(alias="with", max_length=20)] = "",
    *,
    chosen: bool = False,
) -> Response:
    """`school` is the school's own link (R38), which shows whom to find in person, from then on in this browser.

    `chosen`: the password was just set. `came`: how it went with an account elsewhere.
    """
    if await device(request):
        return to(request, KIOSK)
    cookies = gate_of(request).cookies
    door = await _door(request, school or cookies.school_of(request))
    told: dict[str, Any] = {"chosen": chosen, "came": CAME_BACK.get(came, ""), "providers": await offered(request)}
    answer = _sign_in_page(request, following=following, door=door, **told)
    if school and door:
        cookies.remember_school(answer, door["slug"])
    return answer


@router.post("/sign-in", dependencies=Open)
async def sign_in(request: Request) -> Response:
    same_site(request)
    form = request.state.form = await forms.read(request)
    if await device(request):
        # Whoever is let in here could read.
        return to(request, KIOSK)
    api = Api(request)
    try:
        given = await api.post("/sign-in", {"email": form.text("email"), "password": form.raw("password")})
    except Refused as problem:
        form.take(problem, {"": "email"})
        shown = Form([one for one in form.fields if one[0] != "password"], errors=form.errors)
        door = await _door(request, gate_of(request).cookies.school_of(request))
        told: dict[str, Any] = {"door": door, "providers": await offered(request)}
        return _sign_in_page(request, status=problem.status, form=shown, following=form.text("next"), **told)
    answer = await _after_password(request, form, given, api)
    for cookie in api.set_cookies:
        answer.headers.append("set-cookie", cookie)
    return answer


async def _after_password(request: Request, form: Form, given: dict[str, Any], api: Api) -> Response:
    following = local(form.text("next"), HOME)
    session = cookie_set(api, gate_of(request).cookies.session)
    held = await still_theirs(request, session, held_in(form.raw(HELD)))
    if given["needs"] == "second-factor":
        tokens = {"csrf": given["csrf_token"], "owner": held.owner if held else ""}
        return page(request, "code.html", next=following, held=held.text() if held else "", interrupted=False, **tokens)
    # What was typed goes first: logging a concern needs no second factor.
    if given["needs"] == "enrolment" and held is None:
        return to(request, "/second-factor?" + urlencode({"next": following}))
    if held is not None:
        return page(request, "held.html", back=held, csrf=given["csrf_token"])
    return to(request, following)


@router.get("/sign-in/code")
async def code_page(request: Request, visit: SignedInVisit, following: Next = HOME) -> Response:
    return _code_page(request, following=following)


@router.post("/sign-in/code")
async def give_code(request: Request, visit: SignedInVisit) -> Response:
    form = visit.form
    try:
        await visit.api.post("/sign-in/code", {"code": form.text("code"), "remember": form.has("remember")})
    except Refused as problem:
        form.take(problem, {"": "code"})
        return _code_page(request, form=form, following=form.text("next"), held=form.raw(HELD))
    held = held_in(form.raw(HELD))
    if held is not None and held.owner == visit.owner:
        return page(request, "held.html", back=held, csrf=visit.csrf)
    return to(request, local(form.text("next"), HOME))


@router.post("/sign-in/held")
async def go_on(request: Request, visit: SignedInVisit) -> Response:
    """After a passkey: to what was typed before, if it was this person who typed it, else to where they were going."""
    held = held_in(visit.form.raw(HELD))
    if held is not None and held.owner == visit.owner:
        return page(request, "held.html", back=held, csrf=visit.csrf)
    return to(request, local(visit.form.text("next"), HOME))


@router.get("/elevate")
async def elevate_page(request: Request, visit: SignedInVisit, following: Next = HOME) -> Response:
    return page(request, "elevate.html", next=local(following, HOME), held=None, interrupted=False)


@router.post("/elevate")
async def elevate(request: Request, visit: SignedInVisit) -> Response:
    following = local(visit.form.text("next"), HOME)
    try:
        await visit.api.post("/elevate", {"code": visit.form.text("code")})
    except Refused as problem:
        visit.form.take(problem, {"": "code"})
        return page(request, "elevate.html", form=visit.form, next=following, held=None, interrupted=False)
    return to(request, following)


@router.post("/sign-out")
async def sign_out(request: Request, visit: SignedInVisit) -> Response:
    """Also when auth cannot be told: who leaves a shared computer leaves no cookie on it."""
    gate = gate_of(request)
    ended = True
    try:
        await visit.api.post("/sign-out")
    except Refused:
        ended = False
    gate.people.pop(visit.credential.key, None)
    request.state.visit = None
    answer = to(request, (KIOSK if visit.kiosk else "/signed-out") if ended else "/signed-out?uncertain=1")
    gate.cookies.end(answer)
    gate.cookies.show_again(request, answer)
    answer.headers["Clear-Site-Data"] = CLEAR
    return answer


@router.get("/signed-out", dependencies=Open)
async def signed_out(request: Request, uncertain: bool = False) -> Response:
    return page(request, "signed-out.html", uncertain=uncertain, headers={"Clear-Site-Data": CLEAR})


@router.post("/my/school")
async def choose_school(request: Request, visit: SignedInVisit) -> Response:
    """The school one acts in, for who belongs to several."""
    await visit.api.post("/me/school", {"school_id": visit.form.text("school_id")})
    return to(request, HOME)


def _sign_in_page(request: Request, *, following: str, **content: Any) -> Response:
    form: Form = content.get("form", Form())
    shown = {**AT_THE_DOOR, "held": form.raw(HELD), "ended": False, **content}
    return page(request, "sign-in.html", next=local(following, HOME), **shown)


def _code_page(request: Request, *, following: str, held: str = "", **content: Any) -> Response:
    return page(request, "code.html", next=local(following, HOME), held=held, interrupted=False, **content)


async def _door(request: Request, school: str) -> Any:
    """What the school's own link shows before anybody has signed in; None for no link and for one that is none."""
    if not school:
        return None
    try:
        return await Api(request).get(f"/schools/{quote(school, safe='')}/sign-in")
    except Refused:
        return None


async def still_theirs(request: Request, session: str, held: Held | None) -> Held | None:
    """What was typed, if the person who has just signed in is the one who typed it."""
    if held is None:
        return None
    gate = gate_of(request)
    checked = await gate.sessions.check(Credential("session", session), stale_ok=False)
    return held if held.owner == owner_mark(gate.secret, str(checked.staff["staff_id"])) else None


def cookie_set(api: Api, name: str) -> str:
    start = f"{name}="
    return next((line[len(start) :].partition(";")[0] for line in api.set_cookies if line.startswith(start)), "")
