"""Kiosks: kept by the DSL team; a device that is one lets anybody of the school log a concern, and nothing else."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from services.gateway import composing
from services.gateway.asking import asks
from services.gateway.calls import Caller, handed_on
from services.gateway.gate import gate_of
from services.gateway.openapi import BASE
from services.gateway.routes.documented import gives, gives_nothing
from services.gateway.schemas import kiosks as schemas
from shared.errors import NotFound
from shared.identity import public

router = APIRouter(prefix=BASE)
Keeper = Annotated[Caller, Depends(asks("kiosk:write"))]


@router.get("/kiosks", tags=["Settings"], responses=gives(schemas.Kiosks, "The kiosks of your school."))
async def shown(request: Request, caller: Keeper) -> Response:
    """The devices your school has for recording, and when each was last used."""
    return await composing.with_names(request, await caller.call("auth", "GET", "/kiosks"))


@router.post(
    "/kiosks", tags=["Settings"], status_code=201, responses=gives(schemas.MadeKiosk, "Registered.", status=201)
)
async def register(caller: Keeper, body: schemas.NewKiosk) -> Response:
    """Register a device under a name by which you will know it. Its token is shown this once."""
    return await caller.forward("auth", "POST", "/kiosks", body=body)


@router.delete(
    "/kiosks/{kiosk_id}", tags=["Settings"], status_code=204, responses=gives_nothing("It is none any more.")
)
async def revoke(caller: Keeper, kiosk_id: UUID) -> Response:
    """Revoke a device that was lost or is used for something else; who is signed in there is signed out."""
    return await caller.forward("auth", "DELETE", f"/kiosks/{kiosk_id}")


@router.post(
    "/kiosk",
    tags=["Kiosk"],
    dependencies=[Depends(public())],
    openapi_extra={"x-public": True},
    responses=gives(schemas.KioskDoor, "This browser is the kiosk; the cookie is set."),
)
async def become(request: Request, body: schemas.BecomeKiosk) -> Response:
    """Make this browser the kiosk whose token you were shown."""
    gate = gate_of(request)
    gate.may_try_a_link(request)
    answer = await gate.auth("/kiosk", {"kiosk": body.token})
    response = handed_on(answer)
    if answer.is_success:
        gate.cookies.be_kiosk(response, body.token)
    return response


@router.get(
    "/kiosk",
    tags=["Kiosk"],
    dependencies=[Depends(public())],
    openapi_extra={"x-public": True},
    responses=gives(schemas.KioskDoor, "Which kiosk this browser is."),
)
async def door(request: Request) -> Response:
    """Which kiosk this browser is, of which school; 404 for one that is none, or no longer."""
    return handed_on(await gate_of(request).auth("/kiosk", {"kiosk": _token(request)}))


@router.post(
    "/kiosk/sign-in",
    tags=["Kiosk"],
    dependencies=[Depends(public())],
    openapi_extra={"x-public": True},
    responses=gives(schemas.OnKiosk, "You can log a concern; the cookies are set."),
)
async def sign_in(request: Request, body: schemas.KioskSignIn) -> Response:
    """Sign in on a kiosk with your e-mail address and password, to log one concern.

    You can pick a child and log, and nothing else; as soon as the concern is recorded you are signed out. No second
    factor is asked, and none counts here.
    """
    gate = gate_of(request)
    gate.may_try_to_sign_in(request, body.email)
    asked = body.model_dump() | {"kiosk": _token(request), "address": request.state.address or None}
    answer = await gate.auth("/kiosk/sign-in", asked)
    if answer.is_error:
        return handed_on(answer)
    given = answer.json()
    session = given.pop("session")
    response = JSONResponse(given | {"csrf_token": gate.csrf.token(session)})
    gate.cookies.begin(response, session=session, csrf=gate.csrf.token(session))
    return response


def _token(request: Request) -> str:
    token = gate_of(request).cookies.kiosk_of(request)
    if token is None:
        raise NotFound()
    return token
