"""What belongs to the person themselves: sessions, remembered browsers, recovery codes, being away."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from services.gateway.asking import OwnSession, SignedIn, asks
from services.gateway.calls import Caller
from services.gateway.openapi import BASE
from services.gateway.routes.documented import IfMatch, gives, gives_nothing
from services.gateway.schemas import own as schemas

router = APIRouter(prefix=BASE, tags=["Sign-in"])
Owner = Annotated[Caller, Depends(asks("absence:own"))]
Mailed = Annotated[Caller, Depends(asks("mails:own"))]


@router.get("/me/sessions", responses=gives(schemas.Sessions, "Where you are signed in, the newest first."))
async def sessions(caller: SignedIn) -> Response:
    """Where you are signed in: since when, last seen, with what kind of browser."""
    return await caller.forward("auth", "GET", "/sessions")


@router.delete("/me/sessions/{session_id}", status_code=204, responses=gives_nothing("That session has ended."))
async def end_session(caller: SignedIn, session_id: UUID) -> Response:
    """End one of your sessions, for instance on a lost phone."""
    return await caller.forward("auth", "DELETE", f"/sessions/{session_id}")


@router.post("/me/sessions/end-others", responses=gives(schemas.Ended, "How many sessions have ended."))
async def end_others(caller: SignedIn, session: OwnSession) -> Response:
    """End all your sessions but this one, with every remembered browser and personal token of yours."""
    return await caller.forward("auth", "POST", "/sessions/end-others")


@router.get("/me/devices", responses=gives(schemas.Devices, "The browsers that are spared your second factor."))
async def devices(caller: SignedIn) -> Response:
    """The browsers on which you asked to be spared the second factor for 30 days."""
    return await caller.forward("auth", "GET", "/devices")


@router.delete("/me/devices/{device_id}", status_code=204, responses=gives_nothing("It is asked for it again."))
async def forget_device(caller: SignedIn, device_id: UUID) -> Response:
    """Have a browser asked for your second factor again."""
    return await caller.forward("auth", "DELETE", f"/devices/{device_id}")


@router.get("/second-factor/recovery-codes", responses=gives(schemas.RecoveryCodesLeft, "How many you have left."))
async def recovery_codes_left(caller: SignedIn) -> Response:
    """How many of your printed recovery codes are unused."""
    return await caller.forward("auth", "GET", "/second-factor/recovery-codes")


@router.post(
    "/second-factor/recovery-codes",
    status_code=201,
    responses=gives(schemas.RecoveryCodes, "Ten codes, shown this once.", status=201),
)
async def renew_recovery_codes(caller: SignedIn, session: OwnSession) -> Response:
    """Ten recovery codes to print, in place of those you had. Each lets you in once without your phone; none gives
    elevated access. Renewing them needs elevated access."""
    return await caller.forward("auth", "POST", "/second-factor/recovery-codes")


@router.get("/me/absence", responses=gives(schemas.MaybeAway, "Until when you are away, if you are."))
async def own_absence(caller: Owner) -> Response:
    """Whether you are away, until when, and who stands in for you."""
    return await caller.forward("auth", "GET", "/me/absence")


@router.put("/me/absence", responses=gives(schemas.MaybeAway, "You are away, with this deputy."))
async def be_away(caller: Owner, body: schemas.NewAbsence) -> Response:
    """Say that you are away and who is alerted in your place. Somebody of the DSL team names another of the team."""
    return await caller.forward("auth", "PUT", "/me/absence", body=body)


@router.delete("/me/absence", status_code=204, responses=gives_nothing("You are back."))
async def be_back(caller: Owner) -> Response:
    """Say that you are back."""
    return await caller.forward("auth", "DELETE", "/me/absence")


@router.get("/me/mails", responses=gives(schemas.MailChoice, "When you want mails that can wait.", etag=True))
async def mail_choice(caller: Mailed) -> Response:
    """When you want mails that can wait: a digest at a time of yours, quiet hours, or neither."""
    return await caller.forward("alerting", "GET", "/me/mails")


@router.put("/me/mails", responses=gives(schemas.MailChoice, "Your choice as it is now.", etag=True))
async def choose_mails(caller: Mailed, body: schemas.NewMailChoice, if_match: IfMatch = None) -> Response:
    """Choose a digest, quiet hours, or neither. Child protection, what is urgent, what you are to do and what nobody
    has read in time comes at once whatever you choose."""
    return await caller.forward("alerting", "PUT", "/me/mails", body=body)
