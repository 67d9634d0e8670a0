"""Speaking to the services in somebody's name, and handing their answers on as they are."""

import asyncio
from collections.abc import AsyncIterable, Mapping
from typing import Any

import httpx
from fastapi import Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from services.gateway.openapi import BASE
from services.gateway.outage import unavailable
from services.gateway.sessions import Checked
from shared.errors import MEDIA_TYPE, Problem
from shared.peers import Peers

SENT_ALONG = ("if-match", "if-none-match", "idempotency-key")
HANDED_ON = ("content-type", "etag", "last-modified", "location", "retry-after")

PATIENCE = 5.0  # seconds

Params = Mapping[str, str | int | bool | list[str] | None]


class Caller:
    """Who asks, and the way to the services with the token minted for each of them."""

    def __init__(self, request: Request, peers: Peers, checked: Checked) -> None:
        self._request = request
        self._peers = peers
        self.staff = checked.staff
        self.elevated_until: str | None = checked.answer.get("elevated_until")
        self._tokens = checked.tokens

    async def call(
        self,
        service: str,
        method: str,
        path: str,
        *,
        body: BaseModel | Mapping[str, Any] | None = None,
        content: bytes | AsyncIterable[bytes] | None = None,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        patience: float = PATIENCE,
        lost: str | None = None,
    ) -> httpx.Response:
        """The service's answer, whatever it says. Raises 503 when there is none within `patience` seconds.

        `lost` is said instead when the question may have arrived there.
        """
        given = self._request.headers
        # As bytes: what a header may hold on the way in, it may hold on the way out.
        sent = [(name.encode(), given[name].encode("latin-1")) for name in SENT_ALONG if name in given]
        sent += [(b"authorization", f"Bearer {self._tokens[service]}".encode())]
        sent += [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
        try:
            async with asyncio.timeout(patience):
                answer = await peer(self._peers, service).request(
                    method,
                    path,
                    json=_json(body),
                    content=content,
                    params=_given(params),
                    headers=sent,
                    timeout=httpx.Timeout(patience, connect=1.0),
                )
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise unavailable(service) from error
        except (httpx.TransportError, TimeoutError) as error:
            raise unavailable(service, lost) from error
        if answer.status_code >= 500 and not is_problem(answer):
            raise unavailable(service, lost)
        return answer

    async def forward(self, service: str, method: str, path: str, **rest: Any) -> Response:
        return handed_on(await self.call(service, method, path, **rest))


def peer(peers: Peers, service: str) -> httpx.AsyncClient:
    """Raises 503 for a service whose address is in no setting: the rest of the house still works."""
    try:
        return peers.client(service)
    except KeyError:
        raise unavailable(service) from None


def handed_on(answer: httpx.Response) -> Response:
    """The same status and the same bytes; of the header fields only those that are meant for the person who asked."""
    headers = {name: value for name in HANDED_ON if (value := answer.headers.get(name)) is not None}
    if headers.get("location", "").startswith("/"):
        headers["location"] = BASE + headers["location"]
    return Response(answer.content, status_code=answer.status_code, headers=headers)


def as_answer(problem: Problem) -> Response:
    return JSONResponse(problem.body(), problem.status, headers=problem.headers, media_type=MEDIA_TYPE)


def is_problem(answer: httpx.Response) -> bool:
    return str(answer.headers.get("content-type", "")).startswith(MEDIA_TYPE)


def _json(body: BaseModel | Mapping[str, Any] | None) -> Any:
    # Only what was given: what is absent and what is null are not the same to the service.
    return body.model_dump(mode="json", exclude_unset=True) if isinstance(body, BaseModel) else body


def _given(params: Params | None) -> dict[str, str | int | bool | list[str]] | None:
    given = {name: value for name, value in (params or {}).items() if value is not None}
    return given or None
