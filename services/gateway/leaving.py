"""Signing out: the session ends at auth, and its cookies go whether or not auth could be told."""

from fastapi import Request, Response

from services.gateway.calls import as_answer, handed_on
from services.gateway.gate import gate_of
from services.gateway.sessions import Credential
from shared.errors import Problem


async def leave(request: Request, session: Credential) -> Response:
    gate = gate_of(request)
    try:
        response = handed_on(await gate.auth("/sessions/end", {"session": session.value}))
    except Problem as problem:
        # Who leaves a shared computer must not leave the cookie on it, whether or not auth could be told.
        response = as_answer(problem)
    gate.sessions.forget(session)
    gate.cookies.end(response)
    gate.cookies.show_again(request, response)
    return response


async def leave_kiosk(request: Request, answer: Response) -> Response:
    """The answer to a concern that was logged on a kiosk, which signs out at once (C15)."""
    gate = gate_of(request)
    await leave(request, gate.session(request))
    gate.cookies.end(answer)
    gate.cookies.show_again(request, answer)
    return answer
