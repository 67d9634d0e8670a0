"""Mail servers for the tests: real SMTP, and as unhelpful as the test wants it."""

import asyncio
import email
import email.policy
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Answer = Callable[[str], str | None]


def _fine(_: str) -> str | None:
    return None


async def _at_once(_: str) -> None: ...


@dataclass
class PostOffice:
    """Listens on a free port of 127.0.0.1 and keeps what it took, in order.

    `rcpt` and `data` may answer something else than "250" for a recipient; `stall` is awaited before the content is
    taken and `after` once it was. One that raises ConnectionError ends the connection there.
    """

    rcpt: Answer = _fine
    mail: Answer = _fine
    data: Answer = _fine
    stall: Callable[[str], Any] = _at_once
    after: Callable[[str], Any] = _at_once
    password: str = ""
    tls: ssl.SSLContext | None = None
    implicit: bool = False
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    connections: int = 0
    secured: list[bool] = field(default_factory=list)
    signed_in: list[bool] = field(default_factory=list)
    farewells: int = 0
    _server: asyncio.Server | None = None
    _open: set[asyncio.Transport] = field(default_factory=set)

    async def __aenter__(self) -> "PostOffice":
        await self.start(0)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self, port: int) -> None:
        loop = asyncio.get_running_loop()
        tls = self.tls if self.implicit else None
        self._server = await loop.create_server(self._session, "127.0.0.1", port, ssl=tls)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        self.hang_up()
        # The transports' last callbacks.
        for _ in range(5):
            await asyncio.sleep(0)

    def hang_up(self) -> None:
        for transport in self._open:
            transport.abort()
        self._open.clear()

    @property
    def port(self) -> int:
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    def letters(self) -> list[EmailMessage]:
        found = [email.message_from_bytes(content, policy=email.policy.default) for _, content in self.taken]
        return [letter for letter in found if isinstance(letter, EmailMessage)]

    def _session(self) -> SMTP:
        return _Session(
            self,
            _Handler(self),
            loop=asyncio.get_running_loop(),
            tls_context=None if self.implicit else self.tls,
            authenticator=self._who if self.password else None,
            auth_required=bool(self.password),
            auth_require_tls=self.tls is not None and not self.implicit,
        )

    def _who(self, _: Any, __: Any, ___: Any, ____: str, given: Any) -> AuthResult:
        right = isinstance(given, LoginPassword) and given.password.decode() == self.password
        return AuthResult(success=right, handled=False)


class _Session(SMTP):
    def __init__(self, office: PostOffice, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._office = office

    def connection_made(self, transport: Any) -> None:
        secured = transport.get_extra_info("sslcontext") is not None
        if not secured or self._office.implicit:
            self._office.connections += 1
        self._office._open.add(transport)
        super().connection_made(transport)


class _Handler:
    """What aiosmtpd calls, by its names."""

    def __init__(self, office: PostOffice) -> None:
        self._office = office

    async def handle_MAIL(self, server: SMTP, _: Any, envelope: Envelope, address: str, __: Any) -> str:  # noqa: N802
        answer = self._office.mail(address)
        if answer is None:
            envelope.mail_from = address
        return answer or "250 OK"

    async def handle_RCPT(self, server: SMTP, _: Any, envelope: Envelope, address: str, __: Any) -> str:  # noqa: N802
        answer = self._office.rcpt(address)
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Envelope) -> str:  # noqa: N802
        (to,) = envelope.rcpt_tos
        await self._office.stall(to)
        answer = self._office.data(to)
        if answer is not None:
            return answer
        assert isinstance(envelope.content, bytes)
        self._office.taken.append((to, envelope.content))
        self._office.secured.append(session.ssl is not None or self._office.implicit)
        self._office.signed_in.append(bool(session.authenticated))
        try:
            await self._office.after(to)
        except ConnectionError:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return "250 Taken"

    async def handle_QUIT(self, server: SMTP, session: Any, envelope: Envelope) -> str:  # noqa: N802
        self._office.farewells += 1
        return "221 Bye"


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's TLS with a certificate that only the second, the client's, knows."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.school.example")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "mail.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + signed.public_bytes(serialization.Encoding.PEM))
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(path)
    return server, ssl.create_default_context(cafile=str(path))
