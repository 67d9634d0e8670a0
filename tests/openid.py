"""A real OpenID provider for the tests, and a browser that goes there and comes back."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import httpx
import pytest

from deploy.native.oidc import CannotStart, NativeOidc
from services.auth.domain.providers import Provider
from tests.conftest import cannot_have

TENANT = "7f3c1f6e-90a5-4b57-9c38-0d8e5b6a2f41"
RETURNS = ("https://heed.rivermead.example/sign-in/return", "http://localhost:8000/sign-in/return")
CLIENT, SECRET = "heed", "a client's secret: with + and / and %"
ACCOUNTS = {
    "okafor": {"oid": "okafor-object", "tid": TENANT, "email": "okafor@school.example"},
    # The same address in the provider's books as another person has in ours: nobody is found by an address.
    "stranger": {"oid": "stranger-object", "tid": TENANT, "email": "haddad@school.example"},
    "elsewhere": {"oid": "okafor-object", "tid": "another-tenant"},
    "nameless": {"tid": TENANT},
}


@dataclass
class OpenId:
    """The provider, and what happens in a browser that is sent to it."""

    server: NativeOidc

    def setting(self, **changed: object) -> Provider:
        given = {
            "id": "microsoft",
            "label": "Microsoft 365",
            "kind": "microsoft",
            "issuer": self.server.issuer,
            "tenant": TENANT,
            "client_id": CLIENT,
            "client_secret": SECRET,
        }
        return Provider.model_validate({**given, **changed})

    async def visit(self, address: str, name: str, **changed: str) -> dict[str, str]:
        """Follow the address, choose an account, and return what comes back with the browser.

        `changed`: what somebody in between has written otherwise into the address.
        """
        parts = urlsplit(address)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()} | changed
        async with httpx.AsyncClient(base_url=self.server.issuer) as http:
            answer = await http.get(urlunsplit(parts._replace(query=urlencode(query))))
            assert answer.status_code == 303, answer.text
            chosen = await http.get(answer.headers["location"], params={"login": name})
            assert chosen.status_code == 303, chosen.text
            back = await http.get(chosen.headers["location"])
        assert back.status_code == 303, back.text
        return {key: values[0] for key, values in parse_qs(urlsplit(back.headers["location"]).query).items()}


def made() -> NativeOidc:
    return NativeOidc(redirect_uris=RETURNS, clients={CLIENT: SECRET, "another": "b" * 40}, accounts=ACCOUNTS)


@pytest.fixture(scope="session")
def openid() -> Iterator[OpenId]:
    """One provider for all the tests of a process, left as it is."""
    server = made()
    try:
        try:
            asyncio.run(server.start())
        except CannotStart as problem:
            cannot_have("an OpenID provider", str(problem))
        yield OpenId(server)
    finally:
        asyncio.run(server.stop())


class Silence:
    """A provider that takes a connection and never says a word."""

    def __init__(self) -> None:
        self.issuer = ""
        self._held: list[asyncio.StreamWriter] = []

    async def __aenter__(self) -> "Silence":
        async def hold(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self._held.append(writer)

        self._server = await asyncio.start_server(hold, "127.0.0.1", 0)
        self.issuer = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for writer in self._held:
            writer.close()
        await self._server.wait_closed()
