"""A real SMTP server of the tests' own: it keeps what comes, by whom and when, and can stand still on demand."""

import asyncio
import email
import email.policy
import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope


@dataclass(frozen=True)
class Came:
    at: float
    """Seconds of the monotonic clock, when the last byte was here."""
    to: str
    content: bytes

    @property
    def message_id(self) -> str:
        return str(email.message_from_bytes(self.content, policy=email.policy.default)["Message-ID"])

    @cached_property
    def text(self) -> str:
        """Everything a person or a program could read in it: header fields and every part, decoded."""
        message = email.message_from_bytes(self.content, policy=email.policy.default)
        heads = [f"{name}: {value}" for part in message.walk() for name, value in part.items()]
        bodies = [str(part.get_content()) for part in message.walk() if part.get_content_maintype() == "text"]
        return "\n".join((*heads, *bodies))


@dataclass
class PostOffice:
    mails: list[Came] = field(default_factory=list)
    answering: asyncio.Event = field(default_factory=asyncio.Event)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _server: asyncio.Server | None = None

    async def start(self) -> "PostOffice":
        self.answering.set()
        self._server = await asyncio.get_running_loop().create_server(self._session, "127.0.0.1", 0)
        return self

    async def stop(self) -> None:
        self.answering.set()
        if self._server is not None:
            self._server.close()

    @property
    def port(self) -> int:
        assert self._server is not None
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def to(self, address: str) -> list[Came]:
        return [mail for mail in self.mails if mail.to == address]

    def _session(self) -> SMTP:
        return SMTP(_Handler(self), loop=asyncio.get_running_loop(), ident="post office")


class _Handler:
    """What aiosmtpd calls, by its names."""

    def __init__(self, office: PostOffice) -> None:
        self._office = office

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Envelope) -> str:  # noqa: N802
        await self._office.answering.wait()
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        for recipient in envelope.rcpt_tos:
            self._office.mails.append(Came(time.monotonic(), recipient, raw))
        self._office.arrived.set()
        return "250 Message accepted"
