"""Setting up the second factor: an app's codes by QR or text, then the recovery codes to print."""

import re
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from services.gateway.pages.api import Refused
from services.gateway.pages.forms import Form
from services.gateway.pages.frame import page, to
from services.gateway.pages.held import local
from services.gateway.pages.problems import PageRoute
from services.gateway.pages.qr import Drawing, drawing, drawn
from services.gateway.pages.visit import SignedInVisit
from shared.errors import ElevationRequired

router = APIRouter(prefix="/second-factor", include_in_schema=False, route_class=PageRoute)
Next = Annotated[str, Query(alias="next", max_length=2_000)]
HOME = "/my"
SECRET = re.compile(r"[A-Z2-7]{16,64}")


@router.get("")
async def second_factor(request: Request, visit: SignedInVisit, following: Next = HOME) -> Response:
    """What there is to choose from. Nothing is set up by looking."""
    has = await visit.api.get("/second-factor")
    return page(request, "own/second-factor.html", has=has, next=local(following, HOME))


@router.post("")
async def begin(request: Request, visit: SignedInVisit) -> Response:
    """A new secret for an app. It counts once a code of it was given; until then what there was stays good."""
    has = await visit.api.get("/second-factor")
    if (has["code"] or has["passkeys"]) and not visit.elevated:
        raise ElevationRequired()
    given = await visit.api.post("/second-factor")
    drawing_of_it = drawing(given["qr_svg"])
    return _scan(request, visit.form, secret=given["secret"], picture=drawing_of_it, uri=given["otpauth_uri"])


@router.post("/confirm")
async def confirm(request: Request, visit: SignedInVisit) -> Response:
    form, following = visit.form, local(visit.form.text("next"), HOME)
    try:
        await visit.api.post("/second-factor/confirm", {"code": form.text("code")})
    except Refused as problem:
        if problem.status == 404:
            return to(request, "/second-factor?" + urlencode({"next": following}))
        form.take(problem, {"": "code"})
        secret = form.text("secret") if SECRET.fullmatch(form.text("secret")) else ""
        picture = drawn(form.text("modules"), form.text("lines"))
        return _scan(request, form, secret=secret, picture=picture, uri="", status=problem.status)
    return to(request, "/second-factor/recovery-codes?" + urlencode({"next": following}))


@router.get("/recovery-codes")
async def recovery_codes_page(request: Request, visit: SignedInVisit, following: Next = HOME) -> Response:
    left = (await visit.api.get("/second-factor/recovery-codes"))["left"]
    return page(request, "own/recovery-codes.html", codes=None, left=left, next=local(following, HOME))


@router.post("/recovery-codes")
async def make_recovery_codes(request: Request, visit: SignedInVisit) -> Response:
    """Ten new ones, shown this once."""
    codes = (await visit.api.post("/second-factor/recovery-codes"))["codes"]
    following = local(visit.form.text("next"), HOME)
    return page(request, "own/recovery-codes.html", codes=codes, left=len(codes), next=following)


def _scan(
    request: Request, form: Form, *, secret: str, picture: Drawing | None, uri: str, status: int = 200
) -> Response:
    shown: dict[str, Any] = {"secret": secret, "picture": picture, "uri": uri}
    return page(request, "own/scan.html", status=status, form=form, next=local(form.text("next"), HOME), **shown)
