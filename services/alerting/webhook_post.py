"""One POST to a school's own system: where its name leads is looked up once, checked, and that address is called."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

import httpx

from services.alerting.domain.webhooks import may_be_reached, url_fault

SECONDS: Final = 10.0
"""For all of it, from the look-up to the first line of the answer: whoever answers later has not taken it."""

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


class Undelivered(Exception):  # noqa: N818
    """It was not taken. `error` is a code, never a text of theirs; `gone`: they want no more of it."""

    def __init__(self, error: str, *, gone: bool = False) -> None:
        super().__init__(error)
        self.error = error
        self.gone = gone


async def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a name, each once. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Poster:
    """`anywhere` is for development: also http, and addresses inside. `tls` and `look_up` are for other authorities."""

    def __init__(
        self,
        *,
        anywhere: bool = False,
        tls: ssl.SSLContext | None = None,
        look_up: Resolve = resolve,
        seconds: float = SECONDS,
    ) -> None:
        self._anywhere = anywhere
        self._tls = tls or httpx.create_ssl_context()
        self._look_up = look_up
        self._seconds = seconds

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Returns once they have taken it. Raises Undelivered for everything else."""
        if url_fault(url, anywhere=self._anywhere):
            raise Undelivered("address-not-allowed")
        try:
            async with asyncio.timeout(self._seconds):
                status = await self._post(httpx.URL(url), body, headers)
        except (TimeoutError, httpx.TimeoutException):
            raise Undelivered("timeout") from None
        except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError, OSError) as problem:
            raise Undelivered(_code(problem)) from None
        # A redirect is not followed: it would lead where nobody has looked.
        if not 200 <= status < 300:
            raise Undelivered(f"status-{status}", gone=status == 410)

    async def _post(self, url: httpx.URL, body: bytes, headers: Mapping[str, str]) -> int:
        host, port = url.host, url.port or (443 if url.scheme == "https" else 80)
        addresses = await self._look_up(host, port)
        # One that may not be reached spoils all: a name with both is made to be called twice.
        if not addresses or not (self._anywhere or all(map(may_be_reached, addresses))):
            raise Undelivered("address-not-allowed")
        async with httpx.AsyncClient(
            verify=self._tls, trust_env=False, follow_redirects=False, timeout=self._seconds
        ) as client:
            # The name goes into Host and is what the certificate must be for; who is called is the address.
            request = client.build_request(
                "POST",
                url.copy_with(host=addresses[0]),
                content=body,
                headers={**headers, "Host": url.netloc.decode("ascii")},
                extensions={"sni_hostname": host},
            )
            answer = await client.send(request, stream=True)
            await answer.aclose()
            return answer.status_code


def _code(problem: Exception) -> str:
    if isinstance(problem, socket.gaierror):
        return "name-not-found"
    if isinstance(problem, ssl.SSLError) or isinstance(problem.__cause__, ssl.SSLError) or "SSL" in str(problem):
        return "certificate"
    return "no-connection" if isinstance(problem, OSError | httpx.ConnectError) else "no-answer"
