"""What every request passes before anything else looks at it, and what every answer carries, errors included."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway.addresses import address_of, limit_key
from services.gateway.calls import as_answer
from services.gateway.limits import ASKED_BY_A_PAGE, Limiter, told
from services.gateway.openapi import BASE, JSON
from shared.errors import Problem, TooMany, WrongContentType

NO_CONTENT = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

SECURITY_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": NO_CONTENT,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
    # Nothing to others. To ourselves, since a browser that says nothing does not say either where a form comes from.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "accelerometer=(), camera=(), clipboard-read=(), display-capture=(), geolocation=(), "
    "gyroscope=(), hid=(), microphone=(), midi=(), payment=(), serial=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "X-Permitted-Cross-Domain-Policies": "none",
    "X-Robots-Tag": "noindex, nofollow",
}
TWO_YEARS_OF_TLS = "max-age=63072000; includeSubDomains"
ROLL = f"{BASE}/roll"
ROLL_IMPORTS = f"{BASE}/roll/imports"
STAFF_IMPORT = f"{BASE}/staff/import"
CSV = "text/csv"
XML = "application/xml"
UNGUARDED = "/health/"  # probes speak to an address, not to a name, and must not be limited


class WrongHost(Problem):
    status = 400
    code = "wrong-host"
    title = "This is not the address of Heed"

    def __init__(self) -> None:
        super().__init__("Use the address your school was given.")


class Edge:
    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: frozenset[str],
        https: bool,
        by_address: Limiter,
        proxies: int,
    ) -> None:
        self._app = app
        self._hosts = hosts
        self._headers = dict(SECURITY_HEADERS)
        if https:
            self._headers["Strict-Transport-Security"] = TWO_YEARS_OF_TLS
        self._by_address = by_address
        self._proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state["standings"] = []

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._complete(message, state["standings"])
            await send(message)

        refusal = self._refusal(scope, state)
        if refusal is not None:
            await as_answer(refusal)(scope, receive, answer)
        else:
            await self._app(scope, receive, answer)

    def _refusal(self, scope: Scope, state: dict[str, object]) -> Problem | None:
        headers = Headers(scope=scope)
        client = scope.get("client")
        address = address_of(client[0] if client else None, headers.get("x-forwarded-for"), self._proxies)
        state["address"] = limit_key(address)
        if scope["path"].startswith(UNGUARDED):
            return None
        if not ASKED_BY_A_PAGE.get():
            standing = self._by_address.take(limit_key(address))
            state["standings"] = [standing]
            if standing.refused:
                return TooMany(standing.seconds_left)
        if hostname(headers.get("host", "")) not in self._hosts:
            return WrongHost()
        return _unreadable(scope, headers)

    def _complete(self, message: Message, standings: Sequence[object]) -> None:
        headers = MutableHeaders(scope=message)
        for name, value in self._headers.items():
            headers.setdefault(name, value)
        headers.raw.extend(told(standings))  # type: ignore[arg-type]


def _unreadable(scope: Scope, headers: Headers) -> Problem | None:
    """A body that is no JSON, before a byte of it is read: what an HTML form of another site can send is none."""
    has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
    if not has_body or not scope["path"].startswith(BASE):
        return None
    wanted = {ROLL: (CSV,), STAFF_IMPORT: (CSV,), ROLL_IMPORTS: (CSV, XML)}.get(scope["path"], (JSON,))
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in wanted:
        return None
    return WrongContentType(f"Send it as {' or '.join(wanted)}, and say so in Content-Type.")


def hostname(host: str) -> str:
    """The name in a Host header, without its port; empty for anything that is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
