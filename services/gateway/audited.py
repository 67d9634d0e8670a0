"""The audits of the services, put together in the order of time."""

import asyncio
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from services.gateway.calls import Caller, handed_on
from services.gateway.gate import gate_of
from services.gateway.names import names_of
from shared.errors import FieldError, Invalid, Unavailable

SERVICES = ("auth", "incident", "alerting")
NOT_ALL = "What {service} has written down cannot be shown just now; the rest is here."


@dataclass(frozen=True, slots=True)
class Question:
    staff_id: UUID | None
    pupil_id: UUID | None
    kind: str | None
    since: datetime | None
    until: datetime | None
    cursor: str | None
    limit: int

    def params(self) -> dict[str, Any]:
        after_at, after_id = _read(self.cursor)
        asked = {
            "staff_id": self.staff_id,
            "pupil_id": self.pupil_id,
            "kind": self.kind,
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "after_at": after_at,
            "after_id": after_id,
            "limit": self.limit,
        }
        return {name: str(value) for name, value in asked.items() if value is not None}


async def audit_of_the_house(request: Request, caller: Caller, question: Question) -> Response:
    """A page of it. A service that is down is left out and named: a gap must be seen to be one."""
    params = question.params()
    answers = await asyncio.gather(*(_ask(caller, service, params) for service in SERVICES))
    refused = next((answer for _, answer, _ in answers if answer is not None and answer.is_error), None)
    if refused is not None:
        return handed_on(refused)
    rows = [row | {"service": service} for service, answer, _ in answers if answer for row in answer.json()["rows"]]
    rows.sort(key=lambda row: (datetime.fromisoformat(row["at"]), row["id"]), reverse=True)
    page, more = rows[: question.limit], len(rows) >= question.limit
    names, unnamed = await names_of(gate_of(request), (row["staff_id"] for row in page if row["staff_id"]))
    return JSONResponse(
        {
            "rows": page,
            "next": _cursor(page[-1]) if page and more else None,
            "sealed": [{"service": service, **sealed} for service, _, sealed in answers if sealed],
            "names": names,
            "notices": [*(NOT_ALL.format(service=service) for service, answer, _ in answers if not answer), *unnamed],
        }
    )


async def _ask(caller: Caller, service: str, params: dict[str, Any]) -> tuple[str, Any, Any]:
    try:
        answer, sealed = await asyncio.gather(
            caller.call(service, "GET", "/audit", params=params), caller.call(service, "GET", "/audit/sealed")
        )
    except Unavailable:
        return service, None, None
    return service, answer, None if sealed.is_error else sealed.json()


def _cursor(row: dict[str, Any]) -> str:
    return urlsafe_b64encode(f"{row['at']} {row['id']}".encode()).decode().rstrip("=")


def _read(cursor: str | None) -> tuple[str | None, str | None]:
    if cursor is None:
        return None, None
    try:
        at, _, row_id = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition(" ")
        return datetime.fromisoformat(at).isoformat(), str(UUID(row_id))
    except ValueError:
        raise Invalid(FieldError("cursor", "This cursor is not ours; begin again without it.")) from None
