"""A school's own page before sign-in, for its leads; and the schools of the trust, for its administrator."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request, Response

from services.gateway.gate import gate_of
from services.gateway.pages.acting import done_or_again
from services.gateway.pages.first_run import PHASES
from services.gateway.pages.forms import Form
from services.gateway.pages.frame import page
from services.gateway.pages.problems import PageRoute
from services.gateway.pages.visit import Visit, visits
from shared.errors import NotPermitted
from shared.policy import ACTIONS

router = APIRouter(prefix="/settings", include_in_schema=False, route_class=PageRoute)
Writer = Annotated[Visit, Depends(visits("danger-text:write"))]
Administrator = Annotated[Visit, Depends(visits("school:write"))]
SCHOOL, SCHOOLS = "/settings/school", "/settings/schools"


@router.get("/school")
async def school_page(request: Request, visit: Writer) -> Response:
    return await _school(request, visit)


@router.post("/school")
async def say(request: Request, visit: Writer) -> Response:
    form = visit.form
    seen = {"If-Match": f'"{form.text("version")}"'}
    return await done_or_again(
        request,
        visit,
        visit.api.put("/school/danger-text", {"danger_text": form.text("danger_text")}, headers=seen),
        then=f"{SCHOOL}?said=saved",
        again=lambda: _school(request, visit, form=form),
    )


@router.get("/schools")
async def schools_page(request: Request, visit: Administrator) -> Response:
    """The list alone is anybody's to ask, of the schools they belong to; this page is not."""
    if not visit.may("school:write"):
        raise NotPermitted(ACTIONS["school:write"].who_can)
    return await _schools(request, visit)


@router.post("/schools")
async def register(request: Request, visit: Administrator) -> Response:
    form = visit.form
    body = {name: form.text(name) for name in ("name", "short_name", "phase", "urn") if form.text(name)}
    answer = await done_or_again(
        request,
        visit,
        visit.api.post("/schools", body),
        then=SCHOOLS,
        again=lambda: _schools(request, visit, form=form),
    )
    # The schools of whoever looks are known for a minute; the new one is there to be changed to at once.
    gate_of(request).people.pop(visit.credential.key, None)
    return answer


async def _school(request: Request, visit: Visit, *, form: Form | None = None) -> Response:
    school = await visit.api.get("/school")
    form = form or Form.of({"danger_text": school["danger_text"]})
    link = f"{request.app.state.settings.public_url.rstrip('/')}/sign-in?school={quote(school['link'])}"
    saved = request.query_params.get("said") == "saved"
    return page(request, "settings/school.html", form=form, school=school, link=link, saved=saved)


async def _schools(request: Request, visit: Visit, *, form: Form | None = None) -> Response:
    schools = (await visit.api.get("/schools"))["schools"]
    form = form or Form.of({"phase": "primary"})
    return page(request, "settings/schools.html", form=form, schools=schools, phases=PHASES)
