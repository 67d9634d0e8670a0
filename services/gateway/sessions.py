"""From a browser's session, or a personal token, to tokens for the services.

Auth is asked at every request, so that a revoked session or a changed role counts at the next one. Two exceptions, both
short: requests of one session within a second share one answer, and while auth cannot be asked an answer up to a minute
old still lets a person log a concern, and nothing else.
"""

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx

from services.gateway.outage import unavailable
from shared.errors import NotSignedIn, Unavailable

# All of them at once, whatever the request needs: the token for logging must be at hand when auth goes down.
AUDIENCES = ("auth", "incident", "alerting")
SHARED_SECONDS = 1.0
# A token lives 60 seconds; one that ends on its way would look like a sign-out to the person who is writing.
STALE_SECONDS = 57.0
PATIENCE = 3.0  # seconds; who is logging while auth hangs waits for as long
MOST_ENTRIES = 20_000


@dataclass(frozen=True, slots=True)
class Credential:
    kind: Literal["session", "personal_token"]
    value: str = field(repr=False)
    background: bool = False
    """A page asks by itself, nobody is there: it must not keep the session alive."""

    @property
    def key(self) -> str:
        return hashlib.sha256(f"{self.kind}:{self.value}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Checked:
    """What auth said of a credential, and when."""

    tokens: Mapping[str, str] = field(repr=False)
    staff: Mapping[str, Any]
    answer: Mapping[str, Any] = field(repr=False)
    at: float
    background: bool = False


Ask = Callable[[Credential], Awaitable[httpx.Response]]


class Sessions:
    def __init__(self, ask: Ask, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._ask = ask
        self._clock = clock
        self._known: OrderedDict[str, Checked] = OrderedDict()
        self._asking: dict[tuple[str, bool], asyncio.Task[Checked]] = {}

    async def check(self, credential: Credential, *, stale_ok: bool) -> Checked:
        """Raises 401 when auth refuses the credential and 503 when it cannot be asked."""
        known = self._known.get(credential.key)
        # Whoever is there is not answered by what a page asked by itself: auth has to hear that somebody is.
        here_too = known is not None and (credential.background or not known.background)
        if known is not None and here_too and self._clock() - known.at <= SHARED_SECONDS:
            return known
        try:
            return await self._ask_once(credential)
        except (httpx.TransportError, TimeoutError, Unavailable) as lost:
            if stale_ok and known is not None and self._clock() - known.at <= STALE_SECONDS:
                return known
            raise unavailable("auth") from lost

    def forget(self, credential: Credential) -> None:
        self._known.pop(credential.key, None)
        for background in (False, True):
            self._asking.pop((credential.key, background), None)

    async def _ask_once(self, credential: Credential) -> Checked:
        """Requests of the same moment wait for the same answer; one that is cancelled leaves it to the others."""
        asked = (credential.key, credential.background)
        task = self._asking.get(asked)
        if task is None:
            task = asyncio.create_task(self._fetch(credential))
            self._asking[asked] = task
            task.add_done_callback(lambda done: self._done(asked, done))
        return await asyncio.shield(task)

    def _done(self, asked: tuple[str, bool], task: asyncio.Task[Checked]) -> None:
        if self._asking.get(asked) is task:
            del self._asking[asked]
        if not task.cancelled():
            task.exception()  # seen, also when everybody who waited has gone

    async def _fetch(self, credential: Credential) -> Checked:
        asked = self._clock()
        response = await self._ask(credential)
        if response.status_code >= 500:
            raise httpx.TransportError(f"auth answered {response.status_code}")
        if response.is_error:
            self._known.pop(credential.key, None)
            raise NotSignedIn()
        answer = response.json()
        checked = Checked(answer["tokens"], answer["staff"], answer, asked, credential.background)
        # A sign-out meanwhile has taken the question back: its answer must not outlive it.
        if self._asking.get((credential.key, credential.background)) is asyncio.current_task():
            self._remember(credential.key, checked)
        return checked

    def _remember(self, key: str, checked: Checked) -> None:
        self._known[key] = checked
        self._known.move_to_end(key)
        while self._known:
            oldest = next(iter(self._known.values()))
            if checked.at - oldest.at <= STALE_SECONDS and len(self._known) <= MOST_ENTRIES:
                return
            self._known.popitem(last=False)
