"""Elevated access while one has it: how long it lasts, and leaving it (R91)."""

from fastapi import APIRouter, Request, Response

from services.gateway.pages.frame import page, to
from services.gateway.pages.problems import PageRoute
from services.gateway.pages.visit import SignedInVisit

router = APIRouter(prefix="/elevated", include_in_schema=False, route_class=PageRoute)


@router.get("")
async def elevated(request: Request, visit: SignedInVisit) -> Response:
    return page(request, "own/elevated.html", until=visit.checked.answer.get("elevated_until"))


@router.post("")
async def leave(request: Request, visit: SignedInVisit) -> Response:
    await visit.api.delete("/elevate")
    return to(request, "/my")
