"""One SMTP session, kept open from mail to mail, and what can become of a mail in it.

Nothing the server says comes out of here but numbers: its text may repeat an address.
"""

import asyncio
import re
import ssl
import time
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

from aiosmtplib import SMTP, SMTPDataError, SMTPException, SMTPRecipientRefused, SMTPResponseException

from shared.settings import HouseSettings

CLOSING: Final = 421
SETUP: Final = frozenset({530, 534, 535, 538})
"""Codes about how we signed in, whatever command they answer."""


class ServerTrouble(Exception):  # noqa: N818 - the field's own word
    """The server cannot be used as it is, or as we are set up: no mail's fault."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


class Refused(Exception):  # noqa: N818
    """The server said no to this one mail, and the session goes on."""

    def __init__(self, error: str, *, for_good: bool) -> None:
        super().__init__(error)
        self.error = error
        self.for_good = for_good


class Lost(Exception):  # noqa: N818
    """The session ended before the mail was handed over: certainly not sent."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


class Unanswered(Lost):
    """The session ended between the hand-over and its answer: sent, or not."""


class SmtpSession:
    """`timeout` is in seconds, for the connection and for each command. `tls` is for a server with a CA of its own."""

    def __init__(self, settings: HouseSettings, *, timeout: float, tls: ssl.SSLContext | None = None) -> None:
        self._settings = settings
        self._timeout = timeout
        self._tls = tls
        self._smtp: SMTP | None = None
        self._used_at = 0.0

    @property
    def is_open(self) -> bool:
        return self._smtp is not None and self._smtp.is_connected

    @property
    def idle_seconds(self) -> float:
        return time.monotonic() - self._used_at if self.is_open else 0.0

    async def open(self) -> None:
        """Connect, secure, sign in. Raises ServerTrouble, and never goes on in the clear where TLS is asked for."""
        smtp = self._client()
        try:
            await smtp.connect()
            # With STARTTLS and AUTH the greeting was exchanged already; without, this finds out that it can be.
            if smtp.is_ehlo_or_helo_needed:
                await smtp.ehlo()
        except (SMTPException, OSError, ValueError) as problem:
            smtp.close()
            raise ServerTrouble(_code(problem)) from None
        except asyncio.CancelledError:
            smtp.close()
            raise
        self._smtp, self._used_at = smtp, time.monotonic()

    async def deliver(self, content: bytes, *, to: str) -> None:
        """Hand over one mail in the open session. Raises ServerTrouble, Refused, Lost or Unanswered."""
        smtp = self._smtp
        assert smtp is not None
        handing_over = False
        try:
            await smtp.mail(self._settings.mail_from)
            await smtp.rcpt(to)
            handing_over = True
            await smtp.data(content)
        except SMTPResponseException as problem:
            raise await self._refusal(problem) from None
        except ValueError as problem:
            # Ours is an address that nothing can be sent from; theirs are looked at before.
            self.abort()
            raise ServerTrouble(_code(problem)) from None
        except (SMTPException, OSError) as problem:
            self.abort()
            raise (Unanswered if handing_over else Lost)(_code(problem)) from None
        except asyncio.CancelledError:
            # Where it stood nobody can say; the server must not take what follows for the rest of this mail.
            self.abort()
            raise
        finally:
            self._used_at = time.monotonic()

    async def _refusal(self, problem: SMTPResponseException) -> Exception:
        if problem.code == CLOSING:
            self.abort()
            return Lost(_code(problem))
        if problem.code < 0:
            # What the library says when the answer is none that SMTP knows.
            self.abort()
            return Unanswered(_code(problem)) if isinstance(problem, SMTPDataError) else Lost(_code(problem))
        await self._reset()
        about_the_mail = isinstance(problem, SMTPRecipientRefused | SMTPDataError)
        if not about_the_mail or problem.code in SETUP:
            return ServerTrouble(_code(problem))
        # x.7.x is the server's policy towards us ("relaying denied"): somebody may set that right within days.
        policy = re.match(r"5\.7\.\d+", problem.message) is not None
        return Refused(_code(problem), for_good=problem.code >= 500 and not policy)

    async def _reset(self) -> None:
        try:
            if self._smtp is not None and self.is_open:
                await self._smtp.rset()
        except (SMTPException, OSError):
            self.abort()

    async def close(self) -> None:
        """Take leave as the protocol asks; within a second."""
        if self._smtp is not None and self.is_open:
            with suppress(SMTPException, OSError):
                await self._smtp.quit(timeout=1.0)
        self.abort()

    def abort(self) -> None:
        """Hang up. Whoever waits for an answer gets Lost or Unanswered."""
        if self._smtp is not None:
            self._smtp.close()

    def _client(self) -> SMTP:
        settings = self._settings
        return SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            username=settings.smtp_user or None,
            password=settings.smtp_password.get_secret_value() or None,
            use_tls=settings.smtp_security == "tls",
            start_tls=settings.smtp_security == "starttls",
            tls_context=self._tls,
            timeout=self._timeout,
            # Not this machine's name: finding that may mean waiting for a name server.
            local_hostname=urlsplit(settings.public_url).hostname or "localhost",
        )


def _code(problem: BaseException) -> str:
    """The type and the numbers of an answer: "SMTPRecipientRefused 550 5.1.1"."""
    words = [type(problem).__name__]
    if isinstance(problem, SMTPResponseException):
        words.append(str(problem.code))
        enhanced = re.match(r"[245]\.\d{1,3}\.\d{1,3}\b", problem.message)
        words += [enhanced.group()] if enhanced else []
    return " ".join(words)
