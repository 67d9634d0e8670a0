"""The sender: hands the queue's mails to the mail server, at least once each, the same bytes at every try.

A mail is leased and its bytes are stored before it is handed over; what became of it is written down right after. A
crash in between sends it again with the same Message-ID. What holds up all mails, the server or auth, is no mail's
fault: they wait without having been tried.
"""

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import Final, TypeVar
from uuid import UUID

import structlog

from shared.addresses import Address
from shared.db import Database
from shared.faults import fault
from shared.mail import MailKind, MailState
from shared.mail_leases import Mail, MailLeases, Outcome
from shared.mail_letters import Letters, deliverable
from shared.mail_patience import Patience
from shared.mail_seal import MailSeal
from shared.settings import HouseSettings
from shared.smtp_session import Lost, Refused, SmtpSession, Unanswered

BATCH: Final = 25
LEASE_SECONDS: Final = 30.0
SMTP_SECONDS: Final = 5.0
IDLE_SECONDS: Final = 30.0
UNWRITTEN_SECONDS: Final = 0.05
"""Of a quick server's mails several are written down at once, of a slow one's each: this much may come twice."""
LAST_SECONDS: Final = 2.0
"""What the mail in hand gets when the sender is to stop."""
LONGEST_PAUSE: Final = 15.0

Addresses = Callable[[Collection[UUID]], Awaitable[Mapping[UUID, Address]]]
T = TypeVar("T")

_KINDS: Final = frozenset(kind.value for kind in MailKind)

_log = structlog.get_logger(__name__)


class _Stopped(Exception):  # noqa: N818
    """Told to stop while waiting for somebody."""


class Sender:
    """A worker. Several may run and share the queue. Times are in seconds."""

    def __init__(
        self,
        *,
        worker_db: Database,
        settings: HouseSettings,
        addresses: Addresses,
        tls: ssl.SSLContext | None = None,
        poll_seconds: float = 0.5,
        smtp_seconds: float = SMTP_SECONDS,
        lease_seconds: float = LEASE_SECONDS,
        patience: Patience | None = None,
        seal: MailSeal | None = None,
    ) -> None:
        self._leases = MailLeases(worker_db, seconds=lease_seconds)
        self._letters = Letters(settings)
        self._session = SmtpSession(settings, timeout=smtp_seconds, tls=tls)
        self._addresses = addresses
        self._poll = poll_seconds
        # Four commands, each of which may take its time, must fit before a lease ends.
        self._sending_seconds = lease_seconds - 4 * smtp_seconds
        self._patience = patience or Patience()
        self._seal = seal
        self._woken = asyncio.Event()
        self._outcomes: list[Outcome] = []
        self._written_at = 0.0

    def wake(self) -> None:
        """There is a mail in the queue. Given after the commit, in process; costs nothing."""
        self._woken.set()

    async def run(self, stop: asyncio.Event) -> None:
        hurry = asyncio.create_task(self._hang_up_after(stop))
        try:
            await self._work(stop)
        finally:
            hurry.cancel()
            await self._session.close()

    async def _work(self, stop: asyncio.Event) -> None:
        pause = 0.0
        while not stop.is_set():
            self._woken.clear()
            try:
                more = await self._carry(stop)
                pause = 0.0
            except _Stopped:
                return
            except Exception as problem:
                # Mails wait safely in the queue, and the next try may go better.
                pause = min(max(pause * 2, 0.1), LONGEST_PAUSE)
                _log.warning("sender.waits", error=_reason(problem), seconds=pause)
                await _wait(pause, stop)
            else:
                if not more:
                    await self._rest(stop)

    async def _rest(self, stop: asyncio.Event) -> None:
        if self._session.idle_seconds > IDLE_SECONDS:
            await self._session.close()
        await _wait(self._poll, stop, self._woken)

    async def _carry(self, stop: asyncio.Event) -> bool:
        """Carry one batch; whether there may be more."""
        await self._write_down()
        taken = await self._leases.take(BATCH)
        until = time.monotonic() + self._sending_seconds
        if not taken:
            return False
        fault("sender.after_lease")
        in_hand = {mail.id: mail for mail in taken}
        trouble: str | None = None
        self._written_at = time.monotonic()
        try:
            for mail, to, letter in await self._prepare(in_hand, stop):
                if stop.is_set() or time.monotonic() > until:
                    break
                await self._send(in_hand, mail, to, letter, stop)
                await self._write_down(unless_within=UNWRITTEN_SECONDS)
        except _Stopped:
            raise
        except Exception as problem:
            trouble = _reason(problem)
            raise
        finally:
            # Given back untried: whoever comes next may take them.
            self._outcomes += [Outcome(mail, mail.waiting, trouble, tried=False) for mail in in_hand.values()]
            await self._write_down()
        return True

    async def _prepare(self, in_hand: dict[UUID, Mail], stop: asyncio.Event) -> list[tuple[Mail, str, bytes]]:
        """The mails that can go: to whom, and which bytes. The others are settled, or not ours any more."""
        addresses = await _unless(stop, self._addresses({mail.staff_id for mail in in_hand.values()}))
        found: list[tuple[Mail, str, bytes]] = []
        written: list[tuple[Mail, bytes]] = []
        for mail in list(in_hand.values()):
            address = addresses.get(mail.staff_id)
            to = deliverable(address.email) if address else None
            if address is None or to is None:
                self._settle(in_hand, Outcome(mail, MailState.FAILED, "bad-address" if address else "no-address"))
            elif mail.kind not in _KINDS:
                # A newer version's: its sender will come.
                self._settle(in_hand, self._patience.again(mail, mail.waiting, "unknown-kind", now=datetime.now(UTC)))
            else:
                letter = self._kept(mail) or await self._write(mail, to, address.school(mail.school_id))
                written += [] if mail.bytes else [(mail, self._to_keep(mail, letter))]
                found.append((mail, to, letter))
        if written:
            ours = await self._leases.keep(written)
            for mail, _ in written:
                if mail.id not in ours:
                    del in_hand[mail.id]
        return [ready for ready in found if ready[0].id in in_hand]

    def _kept(self, mail: Mail) -> bytes | None:
        return self._seal.open_letter(mail.id, mail.bytes) if self._seal and mail.bytes else mail.bytes

    def _to_keep(self, mail: Mail, letter: bytes) -> bytes:
        return self._seal.close_letter(mail.id, letter) if self._seal else letter

    async def _write(self, mail: Mail, to: str, school: str) -> bytes:
        return await self._letters.write(
            MailKind(mail.kind),
            to=to,
            school=school,
            path=self._seal.open_path(mail.id, mail.link) if self._seal else mail.link,
            message_id=mail.message_id,
            written_at=mail.created_at,
        )

    async def _send(self, in_hand: dict[UUID, Mail], mail: Mail, to: str, letter: bytes, stop: asyncio.Event) -> None:
        """Try one mail and settle it. Raises what holds up the others too."""
        now = datetime.now(UTC)
        fault("sender.before_send")
        try:
            await self._hand_over(to, letter, stop)
        except Refused as no:
            if no.for_good:
                self._settle(in_hand, Outcome(mail, MailState.FAILED, no.error))
            else:
                self._settle(in_hand, self._patience.again(mail, mail.waiting, no.error, now=now))
        except Lost as end:
            state = MailState.UNKNOWN if isinstance(end, Unanswered) else mail.waiting
            self._settle(in_hand, self._patience.again(mail, state, end.error, now=now))
            raise
        else:
            fault("sender.after_send")
            self._settle(in_hand, Outcome(mail, MailState.SENT))

    async def _hand_over(self, to: str, letter: bytes, stop: asyncio.Event) -> None:
        kept = self._session.is_open
        if not kept:
            await _unless(stop, self._session.open())
        try:
            await self._session.deliver(letter, to=to)
        except Unanswered:
            raise
        except Lost:
            # A server may end a kept session at any time, which says nothing about the mail that meets its end.
            if not kept:
                raise
            await _unless(stop, self._session.open())
            await self._session.deliver(letter, to=to)

    def _settle(self, in_hand: dict[UUID, Mail], outcome: Outcome) -> None:
        del in_hand[outcome.mail.id]
        self._outcomes.append(outcome)
        if outcome.state is MailState.FAILED:
            _log.error("sender.failed", mail_id=str(outcome.mail.id), error=outcome.error)

    async def _write_down(self, *, unless_within: float = 0.0) -> None:
        # What could not be written down stays, and is before anything else is taken: a sender that lives on does not
        # send twice because the database was away.
        if self._outcomes and time.monotonic() - self._written_at >= unless_within:
            await self._leases.settle(self._outcomes)
            sent = any(outcome.state is MailState.SENT for outcome in self._outcomes)
            self._outcomes.clear()
            self._written_at = time.monotonic()
            if sent:
                fault("sender.after_sent")

    async def _hang_up_after(self, stop: asyncio.Event) -> None:
        # A server that hangs holds up no stop: the mail in hand ends as lost or unknown, and is written down as that.
        await stop.wait()
        await asyncio.sleep(LAST_SECONDS)
        self._session.abort()


def _reason(problem: Exception) -> str:
    return str(getattr(problem, "error", type(problem).__name__))


async def _unless(stop: asyncio.Event, doing: Awaitable[T]) -> T:
    """Wait for an answer, but not beyond `stop`."""
    task, stopping = asyncio.ensure_future(doing), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise _Stopped
        return task.result()
    finally:
        for left in (task, stopping):
            left.cancel()
        await asyncio.gather(task, stopping, return_exceptions=True)


async def _wait(seconds: float, *events: asyncio.Event) -> None:
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
