"""The first run: no trust yet, so whoever has the starting code creates it, with its first school and its lead DSL."""

from typing import Final

from fastapi import APIRouter, Depends, Request, Response

from services.gateway.csrf import same_site
from services.gateway.gate import gate_of
from services.gateway.pages import forms
from services.gateway.pages.api import Api, Refused
from services.gateway.pages.forms import Form
from services.gateway.pages.frame import page, to
from services.gateway.pages.problems import PageRoute
from shared.errors import NotFound
from shared.identity import public

router = APIRouter(
    prefix="/first-run", include_in_schema=False, route_class=PageRoute, dependencies=[Depends(public())]
)
PHASES: Final = [
    (phase, phase.capitalize())
    for phase in ("nursery", "primary", "secondary", "all-through", "special", "alternative")
]
FIELDS: Final = {
    **{f"school.{name}": f"school_{name}" for name in ("name", "phase", "urn")},
    **{f"lead.{name}": name for name in ("email", "title", "forename", "surname")},
    "": "trust",
}
NEEDED: Final = {
    "code": "Enter the starting code from the terminal in which Heed was started.",
    "trust": "Enter the name of your trust, or of your school if it stands alone.",
    "school_name": "Enter the name of your first school.",
    "surname": "Enter your surname.",
    "email": "Enter your e-mail address at school.",
}


@router.get("")
async def first_run(request: Request) -> Response:
    """Not there for anybody as soon as there is a trust."""
    if not await is_untouched(request):
        raise NotFound()
    return _page(request, Form())


@router.post("")
async def begin(request: Request) -> Response:
    same_site(request)
    form = request.state.form = await forms.read(request)
    for name, words in NEEDED.items():
        if not form.text(name):
            form.wrong(name, words)
    if form.errors:
        return _page(request, form)
    try:
        begun = await Api(request).post("/first-run", _house(form))
    except Refused as problem:
        if problem.status == 409:
            return page(request, "own/first-run-over.html", status=409)
        form.take(problem, FIELDS)
        return _page(request, form, status=problem.status)
    return to(request, f"/password/{begun['link']}")


async def is_untouched(request: Request) -> bool:
    """Whether the house waits to be begun; not, when nobody can be asked. Asked no more once it was begun."""
    gate = gate_of(request)
    if not gate.begun:
        try:
            gate.begun = not (await Api(request).get("/first-run"))["open"]
        except Refused:
            return False
    return not gate.begun


def _house(form: Form) -> dict[str, object]:
    school = {"name": form.text("school_name"), "phase": form.text("school_phase") or "primary"}
    urn = form.text("school_urn")
    return {
        "code": form.text("code"),
        "trust": form.text("trust"),
        "school": {**school, "urn": urn} if urn else school,
        "lead": {name: form.text(name) for name in ("email", "title", "forename", "surname")},
    }


def _page(request: Request, form: Form, status: int = 200) -> Response:
    return page(request, "own/first-run.html", status=status, form=form, phases=PHASES)
