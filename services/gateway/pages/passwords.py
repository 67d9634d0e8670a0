"""Choosing a password by the link of an invitation, and asking for such a link (R36, R37, R39)."""

from fastapi import APIRouter, Depends, Request, Response

from services.gateway.csrf import same_site
from services.gateway.pages import forms
from services.gateway.pages.api import Api, Refused
from services.gateway.pages.forms import Form
from services.gateway.pages.frame import page, to
from services.gateway.pages.problems import PageRoute
from shared.identity import public

router = APIRouter(prefix="/password", include_in_schema=False, route_class=PageRoute, dependencies=[Depends(public())])


@router.get("/forgotten")
async def forgotten_page(request: Request) -> Response:
    return page(request, "own/forgotten.html", said="")


@router.post("/forgotten")
async def ask_for_link(request: Request) -> Response:
    """The answer is the same for every address."""
    form = await _sent(request)
    if not form.text("email"):
        form.wrong("email", "Enter your e-mail address, for example a.name@school.example")
        return page(request, "own/forgotten.html", status=422, form=form, said="")
    try:
        answer = await Api(request).post("/password/forgotten", {"email": form.text("email")})
    except Refused as problem:
        form.take(problem, {"": "email"})
        return page(request, "own/forgotten.html", status=problem.status, form=form, said="")
    return page(request, "own/forgotten.html", said=answer["message"])


@router.get("/{link}")
async def password_page(request: Request, link: str) -> Response:
    """Looking at a link does nothing, and asks nobody: programs that read mail follow every link in it."""
    return page(request, "own/password.html", gone="")


@router.post("/{link}")
async def choose_password(request: Request, link: str) -> Response:
    form = await _sent(request)
    try:
        await Api(request).post("/password", {"link": link, "password": form.raw("password")})
    except Refused as problem:
        gone = next((error.message for error in problem.errors if error.path == "link"), "")
        if not gone:
            form.take(problem, {"": "password"})
        shown = Form(errors=form.errors)
        return page(request, "own/password.html", status=problem.status, form=shown, gone=gone)
    return to(request, "/sign-in?chosen=1")


async def _sent(request: Request) -> Form:
    same_site(request)
    form: Form = await forms.read(request)
    return form
