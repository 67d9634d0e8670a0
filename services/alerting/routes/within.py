"""What a request brings along, and the places in lists."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Header, Request

from services.alerting.models import Alert
from services.alerting.queries.alerts import Place
from shared.db import Database, Scope
from shared.errors import FieldError, Invalid
from shared.identity import Signer, Staff

IfMatch = Annotated[str | None, Header(alias="If-Match")]


def database(request: Request) -> Database:
    db: Database = request.app.state.db
    return db


def signer(request: Request) -> Signer:
    found: Signer = request.app.state.signer
    return found


def scope(staff: Staff) -> Scope:
    return Scope(staff.school_id, staff.staff_id)


def version_of(if_match: str | None) -> int | None:
    """The version in an If-Match header: an ETag of ours, or "*". Raises Invalid for anything else."""
    if if_match is None or if_match == "*":
        return None
    try:
        return int(if_match.removeprefix("W/").strip('"'))
    except ValueError:
        raise Invalid(FieldError("If-Match", "This is not an ETag of ours; send the one you have read.")) from None


def etag(version: int) -> dict[str, str]:
    return {"ETag": f'"{version}"'}


def place_of(alert: Alert) -> Place:
    return alert.urgent, alert.id


def cursor(alert: Alert) -> str:
    return urlsafe_b64encode(f"{int(alert.urgent)} {alert.id}".encode()).decode().rstrip("=")


def after(text: str | None) -> Place | None:
    """Where a page begins. Raises Invalid for a cursor that is none of ours."""
    if text is None:
        return None
    try:
        urgent, _, alert_id = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition(" ")
        return bool(int(urgent)), UUID(alert_id)
    except ValueError:
        raise Invalid(FieldError("cursor", "This cursor is not ours; begin again without it.")) from None


def cursor_of(at: datetime, row_id: UUID) -> str:
    return urlsafe_b64encode(f"{at.isoformat()} {row_id}".encode()).decode().rstrip("=")


def after_time(text: str | None) -> tuple[datetime, UUID] | None:
    """Where a page of a list by times begins. Raises Invalid for a cursor that is none of ours."""
    if text is None:
        return None
    try:
        at, _, row_id = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition(" ")
        return datetime.fromisoformat(at), UUID(row_id)
    except ValueError:
        raise Invalid(FieldError("cursor", "This cursor is not ours; begin again without it.")) from None
