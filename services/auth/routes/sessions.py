"""Sign-in and sessions: asked by the gateway in its own name, for a person who has no token yet."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from services.auth import passwords, schemas, service
from services.auth.models import School
from services.auth.routes.refusals import wrong_password
from services.auth.routes.within import database, must_be_accepted, now, sealing, signer
from services.auth.service import sessions
from services.auth.service.checks import Checked
from shared.db import Scope
from shared.errors import FieldError, Invalid, NotFound, NotSignedIn, TooMany
from shared.identity import service_only

router = APIRouter(tags=["sessions"])
Gateway = Annotated[str, Depends(service_only("gateway"))]


LINK_ASKED = (
    "If this address is set up in Heed, a mail with a link is on its way; the link is good for one hour. "
    "If no mail comes, you are not set up yet: see your designated safeguarding lead."
)


@router.post("/sign-in")
async def sign_in(request: Request, _: Gateway, body: schemas.SignIn) -> schemas.SignedIn:
    db = database(request)
    async with db.begin(Scope()) as session:
        candidate = await sessions.begin_sign_in(
            session, email=body.email, device=body.device, address=body.address, now=now()
        )
    if candidate.wait:
        raise TooMany(candidate.wait, f"Too many tries. Wait {candidate.wait} seconds, then try again.")
    # Between two transactions: no connection waits while a password is hashed.
    fits = await passwords.fits(candidate.password_hash, body.password)
    async with db.begin(Scope()) as session:
        signed_in = await sessions.finish_sign_in(
            session,
            candidate,
            password=body.password,
            fits=fits,
            now=now(),
            browser=body.browser,
            device=body.browser_words,
        )
    if signed_in is None:
        raise wrong_password()
    return begun(signed_in)


@router.post("/sessions/check")
async def check(request: Request, _: Gateway, body: schemas.Check) -> schemas.CheckedShown:
    """Whether a session or personal token holds, and if so, fresh tokens for the services asked for."""
    async with database(request).begin(Scope()) as session:
        if body.session is not None:
            checked = await service.check_session(
                session, body.session, now=now(), school_id=body.school_id, background=body.background
            )
        else:
            checked = await service.check_personal_token(
                session, body.personal_token or "", now=now(), school_id=body.school_id
            )
    if checked is None:
        raise NotSignedIn()
    mint = signer(request).mint
    return _shown(checked, {to: mint(checked.staff.claims(), audience=to) for to in body.audience})


@router.post("/sessions/second-factor")
async def second_factor(request: Request, _: Gateway, body: schemas.SessionCode) -> schemas.Device:
    device = None
    async with database(request).begin(Scope()) as session:
        given = await service.give_code(
            session, token=body.session, code=body.code, elevate=False, sealing=sealing(request), now=now()
        )
        if given.accepted and body.remember:
            device = await sessions.remember_device_of(session, token=body.session, now=now())
    must_be_accepted(accepted=given.accepted, wait=given.wait, session_known=given.session_known)
    return schemas.Device(device=device)


@router.post("/sessions/elevate", status_code=204)
async def elevate(request: Request, _: Gateway, body: schemas.SessionCode) -> Response:
    async with database(request).begin(Scope()) as session:
        given = await service.give_code(
            session, token=body.session, code=body.code, elevate=True, sealing=sealing(request), now=now()
        )
    must_be_accepted(accepted=given.accepted, wait=given.wait, session_known=given.session_known)
    return Response(status_code=204)


@router.post("/sessions/elevate/end", status_code=204)
async def leave_elevation(request: Request, _: Gateway, body: schemas.SessionOnly) -> Response:
    async with database(request).begin(Scope()) as session:
        await sessions.leave_elevation(session, token=body.session)
    return Response(status_code=204)


@router.post("/sessions/confirm", status_code=204)
async def confirm(request: Request, _: Gateway, body: schemas.SessionPassword) -> Response:
    """Whether this is the password of who is signed in; it lifts nothing."""
    db = database(request)
    async with db.begin(Scope()) as session:
        confirming = await service.begin_confirming(session, token=body.session, now=now())
    if confirming is None:
        raise NotSignedIn()
    if confirming.wait:
        raise TooMany(confirming.wait)
    # Between two transactions, as at sign-in.
    fits = await passwords.fits(confirming.password_hash, body.password)
    async with db.begin(Scope()) as session:
        await service.finish_confirming(session, confirming, fits=fits, now=now())
    if not fits:
        raise Invalid(FieldError("password", "This is not your password. Try again."))
    return Response(status_code=204)


@router.post("/sessions/school", status_code=204)
async def choose_school(request: Request, _: Gateway, body: schemas.SessionSchool) -> Response:
    async with database(request).begin(Scope()) as session:
        checked = await service.check_session(session, body.session, now=now())
        if checked is None or checked.staff.kiosk_id is not None:
            raise NotSignedIn()
        await sessions.choose_school(
            session,
            session_id=checked.staff.session_id,
            staff_id=checked.staff.staff_id,
            school_id=body.school_id,
        )
    return Response(status_code=204)


@router.post("/sessions/end", status_code=204)
async def end(request: Request, _: Gateway, body: schemas.SessionOnly) -> Response:
    async with database(request).begin(Scope()) as session:
        await service.end_session(session, token=body.session, now=now())
    return Response(status_code=204)


@router.post("/password", status_code=204)
async def set_password(request: Request, _: Gateway, body: schemas.SetPassword) -> Response:
    """By the link somebody was given: their own password, the first or a new one."""
    async with database(request).begin(Scope()) as session:
        await service.set_password(session, token=body.link, password=body.password, now=now())
    return Response(status_code=204)


@router.post("/password/forgotten", status_code=202)
async def forgotten(request: Request, _: Gateway, body: schemas.ForgottenPassword) -> schemas.Said:
    """The same for every address, in words and in time: who is known gets a mail, and only there it shows."""
    async with database(request).begin(Scope()) as session:
        wait = await service.ask_for_link(session, email=body.email, address=body.address, now=now())
    if wait:
        raise TooMany(wait, f"A link was asked for several times. Wait {wait} seconds, then ask again.")
    return schemas.Said(message=LINK_ASKED)


@router.post("/schools/sign-in")
async def school_door(request: Request, _: Gateway, body: schemas.SchoolAsked) -> schemas.SchoolDoor:
    """What a school's own link shows before anybody has signed in; no list of schools is to be had this way."""
    async with database(request).begin(Scope()) as session:
        school = await service.school_by_link(session, body.school)
    if school is None:
        raise NotFound()
    return schemas.SchoolDoor(
        id=school.id, name=school.name, slug=service.slug(school.short_name), danger_text=school.danger_text
    )


def begun(signed_in: sessions.SignedIn) -> schemas.SignedIn:
    return schemas.SignedIn(
        session=signed_in.token,
        assurance="mfa" if signed_in.needs is None else "password",
        needs=signed_in.needs,
        second_factors=list(signed_in.factors),
        schools=[shown(school) for school in signed_in.schools],
        school_id=signed_in.in_school_id,
        browser=signed_in.browser,
    )


def shown(school: School) -> schemas.SchoolShown:
    return schemas.SchoolShown(id=school.id, name=school.name)


def _shown(checked: Checked, tokens: dict[str, str]) -> schemas.CheckedShown:
    return schemas.CheckedShown(
        tokens=tokens, staff=_who(checked), expires_at=checked.expires_at, elevated_until=checked.elevated_until
    )


def _who(checked: Checked) -> schemas.Who:
    staff = checked.staff
    glass = {"id": staff.break_glass, "pupil_id": staff.break_glass_pupil, "ends_at": checked.glass_until}
    words = {1: "password", 2: "mfa", 3: "elevated"}
    return schemas.Who.model_validate(
        {
            "staff_id": staff.staff_id,
            "school_id": staff.school_id,
            "roles": sorted(staff.roles),
            "trust_roles": sorted(staff.trust_roles),
            "classes": sorted(staff.classes),
            "assurance": words[int(staff.assurance)],
            "scopes": None if staff.scopes is None else sorted(staff.scopes),
            "break_glass": glass if staff.break_glass else None,
            "kiosk_id": staff.kiosk_id,
        }
    )
