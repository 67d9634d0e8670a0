"""What every way to sign in has in common: what is told of the browser, and the cookies that it leaves with."""

from typing import Any, Final

import httpx
from fastapi import Request, Response
from fastapi.responses import JSONResponse

from services.gateway.calls import handed_on
from services.gateway.devices import device_words
from services.gateway.gate import gate_of
from shared.errors import NotPermitted

NOT_HERE: Final = "you, on another device: this one is a kiosk, where one can log a concern and nothing else"


def newcomer(request: Request) -> dict[str, Any]:
    """By what this browser is known, if it is, and what kind of one it is."""
    return {
        "browser": gate_of(request).cookies.browser_of(request),
        "browser_words": device_words(request.headers.get("user-agent", "")),
    }


async def not_on_a_kiosk(request: Request) -> None:
    """Raises NotPermitted on a school's shared device: whoever signed in there as on their own would read on it, and
    might leave it open (C15). A kiosk that was revoked is a device like any other.
    """
    gate = gate_of(request)
    token = gate.cookies.kiosk_of(request)
    if token is not None and (await gate.auth("/kiosk", {"kiosk": token})).is_success:
        raise NotPermitted(NOT_HERE)


def begin(request: Request, answer: httpx.Response) -> Response:
    """Auth's answer to a sign-in, handed on; what only the browser must hold goes into its cookies."""
    if answer.is_error:
        return handed_on(answer)
    gate = gate_of(request)
    given = answer.json()
    session, browser = given.pop("session"), given.pop("browser")
    response = JSONResponse(given | {"csrf_token": gate.csrf.token(session)})
    keep(request, response, session=session, browser=browser)
    return response


def keep(request: Request, response: Response, *, session: str, browser: str) -> None:
    gate = gate_of(request)
    gate.cookies.begin(response, session=session, csrf=gate.csrf.token(session))
    gate.cookies.know(response, browser)
    gate.cookies.show_again(request, response)
