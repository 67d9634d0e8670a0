"""The other services: over HTTP in production, in process when the whole house is one. The same calls either way."""

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import httpx
from fastapi import FastAPI

from shared.errors import Unavailable
from shared.in_process import Here
from shared.tracing import current_traceparent

TIMEOUT: Final = httpx.Timeout(5.0, connect=1.0)
RENEW_SECONDS: Final = 45.0

WHAT_FAILS: Final[Mapping[str, str]] = {
    "auth": "Signing in and reading do not work at the moment. A concern can still be logged by who is signed in.",
    "incident": "Incidents cannot be logged or read at the moment. Tell a DSL in person, and try again.",
    "alerting": "The list of alerts does not answer at the moment. Logging works, and who must know will be told.",
}


class Peers:
    def __init__(self, urls: Mapping[str, str] | None = None) -> None:
        self._clients = {name: _client(base_url=url) for name, url in (urls or {}).items() if url}

    def register(self, name: str, app: FastAPI) -> None:
        """A service of this very process, called without a socket."""
        self._clients[name] = Here(app, base_url=f"http://{name}.heed", trust_env=False, event_hooks=_hooks())

    def client(self, name: str) -> httpx.AsyncClient:
        """Raises KeyError for a service whose address is in no setting: a mistake of deployment, not of a day."""
        return self._clients[name]

    async def close(self) -> None:
        for client in self._clients.values():
            await client.aclose()


def _client(*, base_url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=base_url,
        timeout=TIMEOUT,
        limits=httpx.Limits(max_connections=100, max_keepalive_connections=20),
        event_hooks=_hooks(),
        follow_redirects=False,
        trust_env=False,
    )


def _hooks() -> dict[str, list[Callable[..., Any]]]:
    return {"request": [_trace]}


async def _trace(request: httpx.Request) -> None:
    traceparent = current_traceparent()
    if traceparent:
        request.headers["traceparent"] = traceparent


def jwks_of(peers: Peers, name: str) -> Callable[[], Awaitable[dict[str, Any]]]:
    """Fetches the public keys of a service that signs. The fetch raises Unavailable when it does not answer."""

    async def fetch() -> dict[str, Any]:
        try:
            answer = await peers.client(name).get("/.well-known/jwks.json")
            answer.raise_for_status()
        except httpx.HTTPError:
            raise Unavailable(name, WHAT_FAILS[name]) from None
        keys: dict[str, Any] = answer.json()
        return keys

    return fetch


class ServiceTokens:
    """This service's own tokens, for calling another when no member of staff asks; renewed before they end."""

    def __init__(self, peers: Peers, *, name: str, secret: str) -> None:
        self._peers = peers
        self._login = httpx.BasicAuth(name, secret)
        self._kept: dict[str, tuple[str, float]] = {}

    async def headers(self, audience: str) -> dict[str, str]:
        """The Authorization header for a call. Raises Unavailable when auth does not answer."""
        token, until = self._kept.get(audience, ("", 0.0))
        if time.monotonic() >= until:
            token = await self._fetch(audience)
            self._kept[audience] = (token, time.monotonic() + RENEW_SECONDS)
        return {"Authorization": f"Bearer {token}"}

    async def _fetch(self, audience: str) -> str:
        try:
            answer = await self._peers.client("auth").post(
                "/internal/service-token", json={"audience": audience}, auth=self._login
            )
            answer.raise_for_status()
        except httpx.HTTPError:
            raise Unavailable("auth", WHAT_FAILS["auth"]) from None
        return str(answer.json()["token"])
