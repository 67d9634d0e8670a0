"""Lanes: the messages of one key one after the other, those of different keys side by side."""

import asyncio
from collections import deque

from shared.bus.api import Received
from shared.bus.ledger import Ledger
from shared.bus.settling import Settling


class Lanes:
    """A lane for each key that has messages. Whoever puts asks `check` too: a lane that broke stands for its key."""

    def __init__(self, settling: Settling, ledger: Ledger) -> None:
        self._settling = settling
        self._ledger = ledger
        self._lanes: dict[tuple[str, str], deque[Received]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._broken: BaseException | None = None
        self._closing = False
        self.closed = False

    def put(self, message: Received) -> None:
        name = (message.topic, message.key)
        lane = self._lanes.get(name)
        if lane is not None:
            lane.append(message)
            return
        self._lanes[name] = deque([message])
        task = asyncio.create_task(self._go_through(name))
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def check(self) -> None:
        """Raises what broke a lane. Its messages are not finished, so they come again to whoever begins anew."""
        if self._broken is not None:
            raise self._broken

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            self._broken = self._broken or task.exception()

    async def _go_through(self, name: tuple[str, str]) -> None:
        lane = self._lanes[name]
        while lane and not self._closing:
            message = lane.popleft()
            await self._settling.settle(message)
            self._ledger.finish(message)
        del self._lanes[name]

    async def close(self, seconds: float) -> None:
        """What is begun is finished, as far as it is within these seconds; nothing new is begun."""
        self._closing = True
        self._settling.hurry()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        self.closed = True
