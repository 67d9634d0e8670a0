"""Sign-in and what belongs to a session."""

import httpx
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from services.gateway.asking import OwnSession, SignedIn
from services.gateway.calls import handed_on
from services.gateway.gate import gate_of
from services.gateway.leaving import leave
from services.gateway.names import names_of
from services.gateway.openapi import BASE
from services.gateway.routes.documented import gives, gives_nothing
from services.gateway.schemas import sessions as schemas
from services.gateway.sessions import Credential
from services.gateway.signing_in import begin, newcomer, not_on_a_kiosk
from shared.identity import public

router = APIRouter(prefix=BASE, tags=["Sign-in"])


@router.post(
    "/sign-in",
    dependencies=[Depends(public())],
    openapi_extra={"x-public": True},
    responses=gives(schemas.SignedIn, "You are signed in; the cookies are set."),
)
async def sign_in(request: Request, body: schemas.SignIn) -> Response:
    """Sign in with your e-mail address and password.

    The answer is the same for every address and password that do not fit. If `needs` says `second-factor`, you can log
    a concern and nothing else until you have given a code; if it says `enrolment`, until you have set one up. A browser
    that is a kiosk is refused: there one signs in by `/kiosk/sign-in`.
    """
    gate = gate_of(request)
    gate.may_try_to_sign_in(request, body.email)
    await not_on_a_kiosk(request)
    device = gate.cookies.device_of(request)
    answer = await gate.auth(
        "/sign-in",
        body.model_dump() | {"device": device, "address": request.state.address or None, **newcomer(request)},
    )
    return begin(request, answer)


@router.post(
    "/password",
    status_code=204,
    dependencies=[Depends(public())],
    openapi_extra={"x-public": True},
    responses=gives_nothing("The password is set. Sign in with it."),
)
async def set_password(request: Request, body: schemas.NewPassword) -> Response:
    """Set your password with the link you were given. Your sessions end, wherever they are."""
    gate = gate_of(request)
    gate.may_try_a_link(request)
    return handed_on(await gate.auth("/password", body.model_dump()))


@router.post(
    "/password/forgotten",
    status_code=202,
    dependencies=[Depends(public())],
    openapi_extra={"x-public": True},
    responses=gives(schemas.Said, "The same for every address.", status=202),
)
async def forgotten_password(request: Request, body: schemas.ForgottenPassword) -> Response:
    """Ask for a link to choose a new password, or your first one. It comes by mail, if the address is set up."""
    gate = gate_of(request)
    gate.may_try_a_link(request)
    return handed_on(
        await gate.auth("/password/forgotten", body.model_dump() | {"address": request.state.address or None})
    )


@router.post("/sign-in/code", status_code=204, responses=gives_nothing("The second factor is accepted."))
async def second_factor(request: Request, session: OwnSession, body: schemas.SecondFactor) -> Response:
    """Give the code of your second factor, and say whether this browser is to be spared it for 30 days."""
    gate = gate_of(request)
    answer = await _ask(request, session, "/sessions/second-factor", code=body.code, remember=body.remember)
    if answer.is_error:
        return handed_on(answer)
    response = Response(status_code=204)
    if device := answer.json()["device"]:
        gate.cookies.remember(response, device)
    return response


@router.post(
    "/second-factor", responses=gives(schemas.Enrolment, "For your authenticator app. It counts once it is confirmed.")
)
async def enrol(caller: SignedIn, session: OwnSession) -> Response:
    """Set up your second factor. Who has one already needs elevated access to replace it."""
    return await caller.forward("auth", "POST", "/second-factor/enrol")


@router.post("/second-factor/confirm", status_code=204, responses=gives_nothing("Set up, and given for this session."))
async def confirm(request: Request, caller: SignedIn, session: OwnSession, body: schemas.Code) -> Response:
    """Confirm the second factor you have set up with a code of it."""
    gate = gate_of(request)
    gate.may_try_a_code(request, session)
    answer = await caller.forward("auth", "POST", "/second-factor/confirm", body=body)
    gate.sessions.forget(session)
    return answer


@router.post(
    "/elevate",
    status_code=204,
    responses=gives_nothing("Elevated access has begun."),
)
async def elevate(request: Request, session: OwnSession, body: schemas.Code) -> Response:
    """Ask for elevated access with a fresh code. It ends after 10 idle minutes and after 60 in any case."""
    return await _change(request, session, "/sessions/elevate", code=body.code)


@router.delete("/elevate", status_code=204, responses=gives_nothing("Elevated access has ended."))
async def leave_elevation(request: Request, session: OwnSession) -> Response:
    """End elevated access now. You stay signed in."""
    return await _change(request, session, "/sessions/elevate/end")


@router.post("/me/confirm", status_code=204, responses=gives_nothing("It is your password."))
async def confirm_password(request: Request, session: OwnSession, body: schemas.Password) -> Response:
    """Show by your password that you are still the one who signed in: a page that was hidden comes back. It lifts
    nothing, and counts as a try at your code."""
    gate_of(request).may_try_a_code(request, session)
    return await _change(request, session, "/sessions/confirm", password=body.password)


@router.post(
    "/me/school",
    status_code=204,
    responses=gives_nothing("From now on you act in this school."),
)
async def choose_school(request: Request, session: OwnSession, body: schemas.ChooseSchool) -> Response:
    """Choose the school you act in, if you belong to several."""
    return await _change(request, session, "/sessions/school", school_id=str(body.school_id))


@router.post(
    "/sign-out",
    status_code=204,
    responses=gives_nothing("Signed out; the cookies are gone."),
)
async def sign_out(request: Request, session: OwnSession) -> Response:
    """End this session, at once."""
    return await leave(request, session)


@router.get("/me", responses=gives(schemas.Me, "Who you are, where, and what you may do here."))
async def me(request: Request, caller: SignedIn) -> Response:
    """Who you are, in which school, and how sure Heed is of it."""
    gate = gate_of(request)
    staff = caller.staff
    names, notices = await names_of(gate, [staff["staff_id"]])
    session = gate.cookies.session_of(request)
    return JSONResponse(
        {
            **{field: staff.get(field) for field in schemas.WHO},
            "name": names.get(staff["staff_id"]),
            "elevated_until": caller.elevated_until,
            "csrf_token": gate.csrf.token(session) if session else None,
            "notices": notices,
        }
    )


async def _change(request: Request, session: Credential, path: str, **what: str) -> Response:
    answer = await _ask(request, session, path, **what)
    return handed_on(answer) if answer.is_error else Response(status_code=204)


async def _ask(request: Request, session: Credential, path: str, **what: str | bool) -> httpx.Response:
    """Something that changes what the session may do: auth answers, and the next request asks it afresh."""
    gate = gate_of(request)
    if "code" in what:
        gate.may_try_a_code(request, session)
    answer = await gate.auth(path, {"session": session.value, **what})
    gate.sessions.forget(session)
    return answer
