"""Kiosks: shared devices on which anybody of the school can log, and nothing else."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from services.gateway.pages.api import Refused
from services.gateway.pages.forms import Form
from services.gateway.pages.frame import page, to
from services.gateway.pages.problems import PageRoute
from services.gateway.pages.visit import Visit, visits

router = APIRouter(prefix="/settings/kiosks", include_in_schema=False, route_class=PageRoute)
Keeper = Annotated[Visit, Depends(visits("kiosk:write"))]


@router.get("")
async def kiosks_page(request: Request, visit: Keeper) -> Response:
    return await _shown(request, visit)


@router.post("")
async def register(request: Request, visit: Keeper) -> Response:
    """The token stands on this one page and on no other."""
    try:
        made = await visit.api.post("/kiosks", {"name": visit.form.text("name")})
    except Refused as problem:
        if not problem.errors:
            raise
        visit.form.take(problem)
        return await _shown(request, visit, form=visit.form)
    return await _shown(request, visit, made=made)


@router.post("/{kiosk_id}/revoke")
async def revoke(request: Request, visit: Keeper, kiosk_id: UUID) -> Response:
    await visit.api.delete(f"/kiosks/{kiosk_id}")
    return to(request, "/settings/kiosks")


async def _shown(
    request: Request, visit: Visit, *, form: Form | None = None, made: dict[str, str] | None = None
) -> Response:
    there = await visit.api.get("/kiosks")
    return page(request, "settings/kiosks.html", form=form, kiosks=there["kiosks"], names=there["names"], made=made)
