"""The demonstration's post office: a real SMTP server on this machine that delivers to a folder and to nobody else."""

import asyncio
import email
import email.policy
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from time import time_ns
from typing import Any, Final

from aiosmtpd.smtp import SMTP, Envelope

KEPT: Final = 500
LARGEST: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as it came, for whoever looks at the demonstration."""

    at: datetime
    to: str
    subject: str
    text: str
    message_id: str


class CapturedMail:
    """Listens on 127.0.0.1 on a free port. What came is found again after a restart; the oldest make room."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server: asyncio.Server | None = None
        self._last = 0

    @property
    def port(self) -> int:
        if self._server is None:
            raise RuntimeError("the captured mail is not listening")
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def start(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._session, "127.0.0.1", 0)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    def mails(self) -> Sequence[Mail]:
        """The newest last."""
        return [_read(path) for path in self._paths()]

    def _session(self) -> SMTP:
        return SMTP(
            _Handler(self), loop=asyncio.get_running_loop(), data_size_limit=LARGEST, ident="Heed captured mail"
        )

    def _paths(self) -> list[Path]:
        return sorted(self._folder.glob("*.eml"))

    def keep(self, content: bytes) -> None:
        # Names sort by arrival; two in the same nanosecond still get one each.
        self._last = max(time_ns(), self._last + 1)
        (self._folder / f"{self._last:020d}.eml").write_bytes(content)
        for path in self._paths()[:-KEPT]:
            path.unlink(missing_ok=True)


class _Handler:
    """What aiosmtpd calls, by its names."""

    def __init__(self, mail: CapturedMail) -> None:
        self._mail = mail

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content or b""
        self._mail.keep(content if isinstance(content, bytes) else content.encode())
        return "250 Message accepted"


def _read(path: Path) -> Mail:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    body = message.get_body(("plain", "html")) if isinstance(message, EmailMessage) else None
    return Mail(
        at=datetime.fromtimestamp(int(path.stem) / 1e9, UTC),
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        text=str(body.get_content()) if body else "",
        message_id=str(message["Message-ID"] or ""),
    )
