"""What a route of the gateway names first: the action it is for, or who may come at all.

The service that owns the data decides, by the token that goes with the call; the gateway has to know the action only to
tell what may go on while auth is down.
"""

from typing import Annotated

from fastapi import Depends, Request

from services.gateway.calls import Caller
from services.gateway.gate import gate_of
from services.gateway.sessions import Credential
from shared.identity import Permission
from shared.policy import ACTIONS


class Asks(Permission):
    """Lets in whoever auth knows; the route gets the way to the services in their name."""

    def __init__(self, action: str) -> None:
        super().__init__(action)
        self._stale_ok = ACTIONS[action].stale_ok

    async def __call__(self, request: Request) -> Caller:
        return await gate_of(request).caller(request, stale_ok=self._stale_ok)


class AsksSignedIn(Permission):
    async def __call__(self, request: Request) -> Caller:
        return await gate_of(request).caller(request, stale_ok=False)


class HoldsSession(Permission):
    """Lets in a browser's session with its CSRF token; auth says what it is worth."""

    async def __call__(self, request: Request) -> Credential:
        return gate_of(request).session(request)


def asks(action: str) -> Asks:
    return Asks(action)


SignedIn = Annotated[Caller, Depends(AsksSignedIn("signed in"))]
OwnSession = Annotated[Credential, Depends(HoldsSession("session"))]
