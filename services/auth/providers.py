"""The providers by which people sign in, asked over HTTP with a time limit; what they publish is kept for an hour."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

import httpx
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from services.auth.domain.providers import (
    RETURN_PATH,
    Endpoints,
    Identity,
    Provider,
    authorization_address,
    endpoints_in,
    identity_in,
    own_secret,
)
from shared.errors import NotFound, Unavailable

PATIENCE: Final = 4.0  # seconds for all that is asked of a provider in one step of a sign-in
KEPT_SECONDS: Final = 3600.0
REFETCH_SECONDS: Final = 30.0
DISCOVERY: Final = "/.well-known/openid-configuration"


@dataclass(slots=True)
class _Published:
    endpoints: Endpoints
    keys: KeySet
    at: float


class Providers:
    """`patience`: seconds for one step of a sign-in; `refetch`: seconds between two looks for a new key."""

    def __init__(
        self,
        providers: Sequence[Provider],
        *,
        public_url: str,
        patience: float = PATIENCE,
        refetch: float = REFETCH_SECONDS,
    ) -> None:
        self.known = {provider.id: provider for provider in providers}
        self._redirect_uri = public_url.rstrip("/") + RETURN_PATH
        self._patience = patience
        self._refetch = refetch
        self._published: dict[str, _Published] = {}
        self._client: httpx.AsyncClient | None = None

    def provider(self, provider_id: str) -> Provider:
        """Raises NotFound for one that is in no setting."""
        if provider_id not in self.known:
            raise NotFound()
        return self.known[provider_id]

    async def address(self, provider: Provider, attempt: str) -> str:
        """Where the browser is sent. Raises Unavailable when the provider does not say where that is."""
        try:
            async with asyncio.timeout(self._patience):
                published = await self._look_up(provider)
        except (httpx.HTTPError, TimeoutError, ValueError, JoseError) as problem:
            raise away(provider) from problem
        return authorization_address(
            provider, published.endpoints.authorization, attempt=attempt, redirect_uri=self._redirect_uri
        )

    async def identity(self, provider: Provider, *, attempt: str, code: str) -> Identity | None:
        """Who has come back with this code; None when the provider, or its answer, says that it is nobody.

        Raises Unavailable when it does not answer within a few seconds.
        """
        try:
            async with asyncio.timeout(self._patience):
                token = await self._exchanged(provider, attempt, code)
                if token is None:
                    return None
                keys = await self._keys_for(provider, token)
        except (httpx.HTTPError, TimeoutError, ValueError, JoseError) as problem:
            raise away(provider) from problem
        return identity_in(token, keys, provider, nonce=own_secret(attempt, "nonce"))

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()

    async def _exchanged(self, provider: Provider, attempt: str, code: str) -> str | None:
        published = await self._look_up(provider)
        answer = await self._http().post(
            published.endpoints.token,
            data={
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": self._redirect_uri,
                "code_verifier": own_secret(attempt, "code verifier"),
            },
            # Both are written as in a form before they are joined (RFC 6749, 2.3.1).
            auth=(quote(provider.client_id, safe=""), quote(provider.client_secret.get_secret_value(), safe="")),
        )
        if 400 <= answer.status_code < 500:
            return None
        token = _json(answer).get("id_token")
        return token if isinstance(token, str) else None

    async def _keys_for(self, provider: Provider, token: str) -> KeySet:
        """Its keys; fetched again for a token signed with one that is not among them, for it may be new."""
        published = await self._look_up(provider)
        try:
            kid = jws.extract_compact(token.encode()).headers().get("kid")
        except (JoseError, ValueError, TypeError):
            return published.keys
        known = any(key.kid == kid for key in published.keys.keys)
        if not known and time.monotonic() - published.at > self._refetch:
            published = await self._fetch(provider)
        return published.keys

    async def _look_up(self, provider: Provider) -> _Published:
        published = self._published.get(provider.id)
        if published is None or time.monotonic() - published.at > KEPT_SECONDS:
            published = await self._fetch(provider)
        return published

    async def _fetch(self, provider: Provider) -> _Published:
        document = _json(await self._http().get(provider.issuer.rstrip("/") + DISCOVERY))
        endpoints = endpoints_in(document, provider)
        if endpoints is None:
            raise ValueError("the discovery document is not this issuer's")
        keys = _json(await self._http().get(endpoints.keys)).get("keys")
        # A key of a kind that is not used here, or that is for something else, is none of ours.
        ours = [key for key in keys or () if key.get("kty") in {"RSA", "EC"} and key.get("use", "sig") == "sig"]
        published = _Published(endpoints, KeySet.import_key_set({"keys": ours}), time.monotonic())
        self._published[provider.id] = published
        return published

    def _http(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=self._patience, follow_redirects=False)
        return self._client


def away(provider: Provider) -> Unavailable:
    return Unavailable(
        "auth",
        f"Signing in with {provider.label} does not work just now. Sign in with your e-mail address and your password.",
    )


def _json(answer: httpx.Response) -> dict[str, Any]:
    answer.raise_for_status()
    said = answer.json()
    if not isinstance(said, dict):
        raise ValueError("no JSON object")
    return said
