"""What went wrong with an event: is the database away, may it pass by itself, and how is it named without its text."""

import asyncio
import traceback
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Final

import asyncpg
import httpx
import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.errors import Unavailable

LONGEST_PAUSE: Final = 5.0

_log = structlog.get_logger(__name__)


class NotYet(Exception):  # noqa: N818 - a fact about an event
    """For handlers: the event came before something it needs that is on its way by another topic. It is tried again."""


_HERE: Final = Path(__file__).parents[2]
# By folder: the libraries may lie below the same one.
_OURS: Final = tuple(_HERE / name for name in ("services", "shared", "deploy"))
# Classes of SQLSTATE: no connection (08), no memory, disk or connection left (53), shutting down or starting (57P).
_AWAY: Final = ("08", "53", "57P", "25006")
# Serialization and deadlock (40), a lock not had in time (55P03), a statement too slow (57014), and a row that refers
# to one which another key's event is about to bring, or which two brought at once (23).
_PASSING: Final = ("40", "55P03", "57014", "23")


def looks_away(problem: BaseException) -> bool:
    """Whether it may be that the server cannot be reached, rather than anything about the event."""
    return any(_is_away(one) for one in _causes(problem))


def _is_away(problem: BaseException) -> bool:
    # The last is a driver that was caught by the end of a connection in the middle of an answer.
    if isinstance(problem, OSError | PoolTimeout | asyncpg.PostgresConnectionError | asyncpg.InternalClientError):
        return True
    if isinstance(problem, DBAPIError) and problem.connection_invalidated:
        return True
    if isinstance(problem, asyncpg.InterfaceError):
        # A value of the wrong kind is an InterfaceError too, and a ValueError.
        return not isinstance(problem, ValueError)
    return _state(problem).startswith(_AWAY)


def may_pass(problem: BaseException) -> bool:
    """Whether trying again can help."""
    return any(
        isinstance(one, NotYet | Unavailable | httpx.TransportError)
        or _state(one).startswith(_PASSING)
        or _is_away(one)
        for one in _causes(problem)
    )


def reason_of(problem: BaseException) -> str:
    """A type's name and the innermost place in our own code: never a text, which may hold what somebody wrote."""
    *_, innermost = _causes(problem)
    frames = traceback.extract_tb(problem.__traceback__)
    ours = [frame for frame in frames if any(Path(frame.filename).is_relative_to(folder) for folder in _OURS)]
    place = f" in {ours[-1].name}:{ours[-1].lineno}" if ours else ""
    return f"{type(innermost).__name__}{place}"


def _causes(problem: BaseException) -> Iterator[BaseException]:
    found: BaseException | None = problem
    while found is not None:
        yield found
        found = found.__cause__


def _state(problem: BaseException) -> str:
    return getattr(problem, "sqlstate", None) or ""


class Gate:
    """Closed while the database does not answer, so that nobody counts that against an event."""

    def __init__(self, ask: Callable[[], Awaitable[None]], *, consumer: str) -> None:
        self._ask = ask
        self._consumer = consumer
        self._open = asyncio.Event()
        self._open.set()

    @property
    def is_open(self) -> bool:
        return self._open.is_set()

    async def passed(self) -> None:
        await self._open.wait()

    async def was_away(self) -> bool:
        """False when the database answers at once. Otherwise waits until it does, however long that is."""
        if not self._open.is_set():
            await self._open.wait()
            return True
        if await self._answers():
            return False
        self._open.clear()
        _log.warning("runner.database_away", consumer=self._consumer)
        try:
            await self._wait()
        finally:
            self._open.set()
        _log.warning("runner.database_back", consumer=self._consumer)
        return True

    async def _wait(self) -> None:
        pause = 0.1
        while not await self._answers():
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _answers(self) -> bool:
        try:
            async with asyncio.timeout(10):
                await self._ask()
        except Exception:
            return False
        return True
