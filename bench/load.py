"""Load over HTTP that costs the measuring machine little: requests made beforehand, a few kept connections, no parsing
beyond what is needed to know that the answer was a 201."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass
class Loaded:
    """What a load brought. Times are seconds of the monotonic clock."""

    accepted: list[tuple[float, float, bytes]] = field(default_factory=list)
    """(asked, answered, body) of each 201."""
    refused: int = 0

    @property
    def began(self) -> float:
        return min(asked for asked, _, _ in self.accepted)

    def latencies(self) -> list[float]:
        return [answered - asked for asked, answered, _ in self.accepted]


class Connection:
    """One kept connection, one request at a time."""

    def __init__(self, host: str, port: int) -> None:
        self._place = (host, port)
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        if self._reader is None or self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(*self._place)
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        length = next(
            (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
        )
        return status, await self._reader.readexactly(length)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()


Make = Callable[[int], bytes]
"""The request with this number, as it goes over the wire."""


async def as_fast_as_it_goes(host: str, port: int, make: Make, *, count: int, at_once: int) -> Loaded:
    """`count` requests, `at_once` of them under way at any time."""
    loaded = Loaded()
    numbers = iter(range(count))
    connections = [Connection(host, port) for _ in range(at_once)]

    async def worker(connection: Connection) -> None:
        for number in numbers:
            await _one(connection, make(number), loaded)

    await asyncio.gather(*(worker(connection) for connection in connections))
    for connection in connections:
        connection.close()
    return loaded


async def at_rate(host: str, port: int, make: Make, *, per_second: float, seconds: float) -> Loaded:
    """An open loop: requests leave by the clock, whether or not earlier ones are answered, as people's do."""
    loaded = Loaded()
    free: list[Connection] = []
    began = time.monotonic()
    tasks: set[asyncio.Task[None]] = set()

    async def leave(number: int) -> None:
        connection = free.pop() if free else Connection(host, port)
        await _one(connection, make(number), loaded)
        free.append(connection)

    for number in range(int(per_second * seconds)):
        await asyncio.sleep(max(0.0, began + number / per_second - time.monotonic()))
        task = asyncio.create_task(leave(number))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await asyncio.gather(*tasks)
    for connection in free:
        connection.close()
    return loaded


async def _one(connection: Connection, request: bytes, loaded: Loaded) -> None:
    asked = time.monotonic()
    status, body = await connection.ask(request)
    if status == 201:
        loaded.accepted.append((asked, time.monotonic(), body))
    else:
        loaded.refused += 1


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
