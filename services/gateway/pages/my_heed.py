"""My Heed: where everybody begins."""

from fastapi import APIRouter, Depends, Request, Response

from services.gateway.gate import gate_of
from services.gateway.pages.frame import page, to
from services.gateway.pages.problems import PageRoute
from services.gateway.pages.visit import SignedInVisit
from shared.identity import public

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/", dependencies=[Depends(public())])
async def start(request: Request) -> Response:
    """To one's own page, or to the sign-in; whether a session still holds is for the next page to find out."""
    return to(request, "/my" if gate_of(request).cookies.session_of(request) else "/sign-in")


@router.get("/my")
async def my_heed(request: Request, visit: SignedInVisit) -> Response:
    return page(request, "my-heed.html")
