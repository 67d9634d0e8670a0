"""Breaking the glass: half an hour with one child's record; and reviewing who did it."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from services.gateway.pages.api import Refused
from services.gateway.pages.forms import Form
from services.gateway.pages.frame import page, to
from services.gateway.pages.problems import PageRoute
from services.gateway.pages.visit import SignedInVisit, Visit, visits

router = APIRouter(prefix="/break-glass", include_in_schema=False, route_class=PageRoute)
Breaker = Annotated[Visit, Depends(visits("break-glass"))]
Reviewer = Annotated[Visit, Depends(visits("break-glass:review"))]

REASONS = {
    "child_in_danger": "A child is in danger",
    "child_missing": "A child is missing",
    "agency_asks": "The police, social care or health ask, and it cannot wait",
    "nobody_reached": "Nobody who may open it can be reached",
}
VERDICTS = {"needed": "It was needed", "not_needed": "It was not needed"}
SHORTEST = 3


@router.get("")
async def glass_page(request: Request, visit: SignedInVisit) -> Response:
    return await _shown(request, visit)


@router.post("/find")
async def find(request: Request, visit: Breaker) -> Response:
    """Whose record: by a form, so that no name stands in an address."""
    form = visit.form
    name = form.text("child")
    if len(name) < SHORTEST:
        form.wrong("child", "Enter three letters or more of the child’s name")
        return await _shown(request, visit, form=form)
    found = await visit.api.get("/break-glass/pupils", starts=name)
    return await _shown(request, visit, form=form, found=found["pupils"])


@router.post("")
async def break_glass(request: Request, visit: Breaker) -> Response:
    form = visit.form
    body = {"pupil_id": form.text("pupil_id"), "reason": form.text("reason"), "words": form.raw("words")}
    try:
        await visit.api.post("/break-glass", body)
    except Refused as problem:
        if not problem.errors:
            raise
        form.take(problem, {"pupil_id": "child"})
        chosen = [{"id": body["pupil_id"], "name": form.text("pupil_name"), "year_group": "", "class_code": None}]
        return await _shown(request, visit, form=form, found=chosen)
    return to(request, f"/children/{body['pupil_id']}")


@router.post("/{glass_id}/end")
async def end(request: Request, visit: SignedInVisit, glass_id: UUID) -> Response:
    await visit.api.post(f"/break-glass/{glass_id}/end")
    return to(request, "/break-glass")


@router.post("/{glass_id}/review")
async def review(request: Request, visit: Reviewer, glass_id: UUID) -> Response:
    form = visit.form
    words = f"review_{glass_id}"
    verdict = f"verdict_{glass_id}"
    try:
        body = {"verdict": form.text(verdict), "words": form.raw(words)}
        await visit.api.post(f"/break-glass/{glass_id}/review", body)
    except Refused as problem:
        if not problem.errors:
            raise
        form.take(problem, {"words": words, "verdict": verdict})
        return await _shown(request, visit, form=form)
    return to(request, "/break-glass")


async def _shown(
    request: Request, visit: Visit, *, form: Form | None = None, found: list[dict[str, Any]] | None = None
) -> Response:
    reviews = await visit.api.get("/break-glass") if visit.may("break-glass:review") else None
    return page(
        request, "break-glass.html", form=form, found=found, reviews=reviews, reasons=REASONS, verdicts=VERDICTS
    )
