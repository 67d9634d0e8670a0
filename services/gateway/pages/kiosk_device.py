"""Which kiosk a browser is: there one logs and reads nothing, so that nobody signs in on it in another way (C15)."""

from typing import Any

from fastapi import Request

from services.gateway.gate import gate_of
from services.gateway.pages.api import Api, Refused


async def device(request: Request) -> dict[str, Any] | None:
    """None for a browser that is none, or no longer: whoever revokes it makes an ordinary browser of it again."""
    if gate_of(request).cookies.kiosk_of(request) is None:
        return None
    try:
        door: dict[str, Any] = await Api(request).get("/kiosk")
    except Refused as problem:
        if problem.code != "not-found":
            raise
        return None
    return door
