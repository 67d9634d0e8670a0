"""Wakes consumers of the embedded bus: a LISTEN and NOTIFY connection of its own.

A NOTIFY inside the publishing transaction would take a lock of the whole server at every commit. Here it follows the
commit, and topics that come while one is under way go together in the next. Nothing depends on it: consumers poll.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Final

import asyncpg
import structlog

from shared.bus.postgres_tables import AWAY, CHANNEL

LONGEST_PAUSE: Final = 2.0

_log = structlog.get_logger(__name__)

Wake = Callable[[frozenset[str]], None]


class Signal:
    def __init__(self, url: str, *, client_id: str) -> None:
        self._url = url
        self._name = client_id
        self._wakes: list[Wake] = []
        self._untold: set[str] = set()
        self._told = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def listen(self, wake: Wake) -> None:
        self._wakes.append(wake)
        self._start()

    def forget(self, wake: Wake) -> None:
        if wake in self._wakes:
            self._wakes.remove(wake)

    def tell(self, words: Iterable[str]) -> None:
        """Topics that have something new, or "group:<name>" for a group that changed. At once in this process."""
        found = frozenset(words)
        self._wake_here(found)
        self._untold |= found
        self._told.set()
        self._start()

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _start(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    def _wake_here(self, words: frozenset[str]) -> None:
        for wake in self._wakes:
            wake(words)

    async def _run(self) -> None:
        pause = 0.05
        while True:
            try:
                await self._talk()
                pause = 0.05
            except AWAY as problem:
                _log.info("bus.signal_lost", error=type(problem).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _talk(self) -> None:
        settings = {"application_name": f"{self._name}-bus-signal"}
        connection = await asyncpg.connect(self._url, timeout=5, command_timeout=10, server_settings=settings)
        ended = asyncio.Event()

        def end(_: asyncpg.Connection) -> None:
            ended.set()
            self._told.set()

        connection.add_termination_listener(end)
        try:
            await connection.add_listener(
                CHANNEL, lambda *heard: self._heard(str(heard[-1]), own=heard[1], me=connection)
            )
            # Something may have been said while nobody listened.
            self._wake_here(frozenset())
            while not ended.is_set():
                await self._told.wait()
                self._told.clear()
                words, self._untold = self._untold, set()
                if words:
                    await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, ",".join(sorted(words)))
        finally:
            connection.terminate()

    def _heard(self, payload: str, *, own: int, me: asyncpg.Connection) -> None:
        # What we said ourselves has woken our own consumers already.
        if own != me.get_server_pid():
            self._wake_here(frozenset(payload.split(",")))
