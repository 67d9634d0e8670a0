"""The gate: who comes with which credential, whether they may ask again so soon, and what a sign-in leaves behind."""

import asyncio
import hashlib
import math
from collections.abc import Mapping
from typing import Any

import httpx
from fastapi import Request

from services.gateway.calls import Caller, is_problem, peer
from services.gateway.cookies import Cookies
from services.gateway.csrf import SAFE, Csrf, same_site
from services.gateway.limits import Limiter, Policy, Standing
from services.gateway.outage import unavailable
from services.gateway.sessions import AUDIENCES, PATIENCE, Credential, Sessions
from services.gateway.settings import GatewaySettings
from shared.errors import NotSignedIn, TooMany, Unavailable
from shared.peers import Peers, ServiceTokens

SIGN_INS_OF_ONE_ACCOUNT = Policy("sign-in-account", 10, 300)
BACKGROUND = "x-heed-background"
CODES_OF_ONE_SESSION = Policy("code", 10, 300)


class Gate:
    def __init__(self, settings: GatewaySettings, peers: Peers) -> None:
        self.peers = peers
        self.cookies = Cookies(https=settings.https)
        self.secret = settings.key_secret
        self.csrf = Csrf(settings.key_secret)
        self.people: dict[str, object] = {}
        self.providers: tuple[float, list[dict[str, Any]]] = (-math.inf, [])
        self.begun = False  # once there is a trust there always is
        self._tokens = ServiceTokens(peers, name="gateway", secret=settings.service_secret.get_secret_value())
        self.sessions = Sessions(self._ask_auth)
        self._requests = Limiter(Policy("session", settings.requests_per_minute, 60))
        self._sign_ins = Limiter(Policy("sign-in", settings.sign_ins_per_minute, 60))
        self._accounts = Limiter(SIGN_INS_OF_ONE_ACCOUNT)
        self._codes = Limiter(CODES_OF_ONE_SESSION)

    async def caller(self, request: Request, *, stale_ok: bool) -> Caller:
        """Raises 401 without a valid credential, 403 without the CSRF token, 429 and 503."""
        credential = self.credential(request)
        checked = await self.sessions.check(credential, stale_ok=stale_ok)
        take(request, self._requests, credential.key)
        return Caller(request, self.peers, checked)

    def credential(self, request: Request) -> Credential:
        """A personal token or a cookie; what a browser sends by itself has to come from our own page."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and token.strip():
            return Credential("personal_token", token.strip())
        session = self.cookies.session_of(request)
        if session is None:
            raise NotSignedIn()
        self.csrf.check(request, session=session, cookie=request.cookies.get(self.cookies.csrf))
        return Credential("session", session, background=by_itself(request))

    def session(self, request: Request) -> Credential:
        """For what only a browser's session can do: a code, elevation, sign-out."""
        credential = self.credential(request)
        if credential.kind != "session":
            raise NotSignedIn()
        return credential

    def may_try_to_sign_in(self, request: Request, email: str) -> None:
        same_site(request)
        take(request, self._sign_ins, request.state.address)
        account = hashlib.sha256(email.strip().casefold().encode()).hexdigest()
        take(request, self._accounts, f"{request.state.address} {account}")

    def may_try_a_link(self, request: Request) -> None:
        same_site(request)
        take(request, self._sign_ins, request.state.address)

    def may_come_back(self, request: Request) -> None:
        """From another site, as it must be; whether it is the browser that left, its cookie says."""
        take(request, self._sign_ins, request.state.address)

    def may_try_a_code(self, request: Request, credential: Credential) -> None:
        take(request, self._codes, credential.key)

    async def auth(
        self, path: str, body: Mapping[str, Any] | None = None, *, patience: float = 5.0, own_words: bool = False
    ) -> httpx.Response:
        """Auth's own routes for the gateway, in the gateway's name; without a body it is only read.

        `own_words`: what auth itself says does not work, as a provider it asked, is handed on as it says it.
        """
        try:
            answer = await self._ask(path, body, patience=patience)
        except (httpx.TransportError, TimeoutError, Unavailable) as error:
            raise unavailable("auth") from error
        if answer.status_code >= 500 and not (own_words and answer.status_code == 503 and is_problem(answer)):
            raise unavailable("auth")
        return answer

    async def _ask_auth(self, credential: Credential) -> httpx.Response:
        asked = {credential.kind: credential.value, "audience": list(AUDIENCES), "background": credential.background}
        return await self._ask("/sessions/check", asked, patience=PATIENCE)

    async def _ask(self, path: str, body: Mapping[str, Any] | None, *, patience: float) -> httpx.Response:
        client = peer(self.peers, "auth")
        async with asyncio.timeout(patience):
            headers = await self._tokens.headers("auth")
            if body is None:
                return await client.get(path, headers=headers, timeout=patience)
            return await client.post(path, json=dict(body), headers=headers, timeout=patience)


def by_itself(request: Request) -> bool:
    """Whether a page of ours asks without anybody having done anything. Saying so takes something away and gives
    nothing: such a request reads, and leaves the session as old as it was.
    """
    return request.method in SAFE and BACKGROUND in request.headers


def take(request: Request, limiter: Limiter, key: str) -> Standing:
    standing = limiter.take(key)
    request.state.standings.append(standing)
    if standing.refused:
        raise TooMany(standing.seconds_left)
    return standing


def gate_of(request: Request) -> Gate:
    gate: Gate = request.app.state.gate
    return gate
