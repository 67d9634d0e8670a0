"""Submitted: the number of what was recorded, who has been told, and what happens next (R74, R76, R78)."""

import hashlib
import hmac
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.gateway.gate import gate_of
from services.gateway.pages.api import Refused
from services.gateway.pages.frame import page
from services.gateway.pages.problems import PageRoute
from services.gateway.pages.visit import SignedInVisit, Visit
from shared.errors import NotFound

router = APIRouter(include_in_schema=False, route_class=PageRoute)


def address(request: Request, visit: Visit, logged: dict[str, Any]) -> str:
    """Where it is confirmed. Whoever signed in by a password alone cannot read even their own concern afterwards: the
    number goes along, with a mark that it is theirs."""
    number = str(logged["number"])
    mark = _mark(request, visit, str(logged["id"]), number)
    return f"/incidents/{logged['id']}/submitted?" + urlencode({"number": number, "mark": mark})


@router.get("/incidents/{incident_id}/submitted")
async def submitted(
    request: Request, visit: SignedInVisit, incident_id: UUID, number: str = "", mark: str = ""
) -> Response:
    if not hmac.compare_digest(mark.encode(), _mark(request, visit, str(incident_id), number).encode()):
        raise NotFound()
    return page(
        request, "incident/submitted.html", id=str(incident_id), number=number, told=await _told(visit, incident_id)
    )


async def _told(visit: Visit, incident_id: UUID) -> dict[str, Any] | None:
    """None before anybody could be told, and for who may not ask: then they are told at once all the same."""
    if not visit.sure:
        return None
    try:
        told: dict[str, Any] = await visit.api.get(f"/incidents/{incident_id}/told")
    except Refused:
        return None
    first = told["names"].get(told["first_told_id"] or "")
    return {"first": first, "others": told["told"] - 1} if first else None


def _mark(request: Request, visit: Visit, incident_id: str, number: str) -> str:
    secret = gate_of(request).secret.get_secret_value().encode()
    key = hmac.digest(secret, b"heed pages recorded v1", hashlib.sha256)
    return hmac.new(key, f"{visit.staff_id} {incident_id} {number}".encode(), hashlib.sha256).hexdigest()[:32]
