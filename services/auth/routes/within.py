"""What a request brings along."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Header, Request

from services.auth.domain.passkeys import RelyingParty
from services.auth.sealing import Sealing
from shared.db import Database, Scope
from shared.errors import FieldError, Invalid, NotSignedIn, TooMany
from shared.identity import Signer, Staff
from shared.mail_seal import MailSeal
from shared.settings import HouseSettings

IfMatch = Annotated[str | None, Header(alias="If-Match")]


def database(request: Request) -> Database:
    db: Database = request.app.state.db
    return db


def sealing(request: Request) -> Sealing:
    found: Sealing = request.app.state.sealing
    return found


def mail_seal(request: Request) -> MailSeal:
    found: MailSeal = request.app.state.mail_seal
    return found


def signer(request: Request) -> Signer:
    found: Signer = request.app.state.signer
    return found


def party(request: Request) -> RelyingParty:
    """For whom passkeys are made and used: the address people know, whatever host this request came by."""
    settings: HouseSettings = request.app.state.settings
    return RelyingParty.at(settings.public_url)


def scope(staff: Staff) -> Scope:
    return Scope(staff.school_id, staff.staff_id)


def now() -> datetime:
    return datetime.now(UTC)


def version_of(if_match: str | None) -> int | None:
    if if_match is None or if_match == "*":
        return None
    try:
        return int(if_match.removeprefix("W/").strip('"'))
    except ValueError:
        raise Invalid(FieldError("If-Match", "This is not an ETag of ours; send the one you have read.")) from None


def etag(version: int) -> dict[str, str]:
    return {"ETag": f'"{version}"'}


def must_be_accepted(*, accepted: bool, wait: int, session_known: bool = True) -> None:
    """The answer to a code, said after the commit that counted it."""
    if not session_known:
        raise NotSignedIn()
    if wait:
        raise TooMany(wait)
    if not accepted:
        raise Invalid(FieldError("code", "This code does not fit, or was used already. Wait for the next one."))
