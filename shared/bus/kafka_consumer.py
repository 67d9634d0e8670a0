"""A member of a consumer group on Kafka."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.errors import IllegalStateError, KafkaError

from shared.bus.api import WINDOW, Lag, Received

REQUEST_MS: Final = 3_000
COMMIT_SECONDS: Final = 5.0
WATCH_SECONDS: Final = 15.0
STOP_SECONDS: Final = 5.0
# How long a handler may keep its place without asking for more. The runner asks all the time.
LONGEST_HANDLER_MS: Final = 300_000
# One fetch runs at a time per broker; a partition left out of it waits until it returns.
FETCH_WAIT_MS: Final = 20

_log = structlog.get_logger(__name__)


class KafkaConsumer:
    def __init__(
        self,
        connection: Mapping[str, Any],
        *,
        group: str,
        topics: Sequence[str],
        session_timeout: float,
        lag: Callable[[str], Awaitable[list[Lag]]],
    ) -> None:
        self._settings = {
            **connection,
            "group_id": group,
            "enable_auto_commit": False,
            "auto_offset_reset": "earliest",
            "max_poll_records": WINDOW,
            "max_poll_interval_ms": LONGEST_HANDLER_MS,
            # The broker's patience plus one heartbeat, after which the others hear of it, is the session.
            "session_timeout_ms": int(session_timeout * 750),
            "heartbeat_interval_ms": int(session_timeout * 150),
            "request_timeout_ms": REQUEST_MS,
            "fetch_max_wait_ms": FETCH_WAIT_MS,
            # Never the sticky one: it was seen to give one partition to two members.
            "partition_assignment_strategy": (RoundRobinPartitionAssignor,),
        }
        self._group = group
        self._topics = tuple(topics)
        self._lag = lag
        self._client: AIOKafkaConsumer | None = None
        self._marks = _Marks()
        self._watch = _Watch()

    async def start(self) -> None:
        client = AIOKafkaConsumer(**self._settings)
        client.subscribe(list(self._topics), listener=self._marks)
        try:
            await client.start()
        except BaseException:
            await stop_client(client)
            raise
        self._client = client

    async def batch(self, *, limit: int, timeout: float) -> Sequence[Received]:
        try:
            if self._client is None:
                await self.start()
            return await self._ask(limit, timeout)
        except (KafkaError, TimeoutError) as problem:
            _log.warning("bus.consumer_rebuilt", consumer=self._group, error=type(problem).__name__)
            await self._throw_away()
            await asyncio.sleep(min(timeout, 0.5))
            return []

    async def _ask(self, limit: int, timeout: float) -> Sequence[Received]:
        client = self._client
        assert client is not None
        await self._commit_owed()
        self._throttle(client)
        records = await client.getmany(timeout_ms=int(timeout * 1000), max_records=limit)
        found = [_received(record) for lane in records.values() for record in lane]
        self._marks.hand_out(found)
        if not found and not self._marks.outstanding() and self._watch.due():
            await self._look_for_standstill(client)
        return found

    def _throttle(self, client: AIOKafkaConsumer) -> None:
        assigned = client.assignment()
        full = {place for place in assigned if self._marks.room(place) <= 0}
        paused = client.paused()
        client.pause(*(full - paused))
        client.resume(*((paused & assigned) - full))

    async def commit(self, upto: Sequence[Received]) -> None:
        self._marks.finish(upto)
        await self._commit_owed()

    async def _commit_owed(self) -> None:
        client = self._client
        if client is None or not self._marks.owed:
            return
        assigned = client.assignment()
        # What moved to another member is that member's to commit.
        owed = {place: offset for place, offset in self._marks.owed.items() if place in assigned}
        self._marks.owed.clear()
        try:
            if owed:
                async with asyncio.timeout(COMMIT_SECONDS):
                    await client.commit(owed)
        except (KafkaError, IllegalStateError, TimeoutError) as problem:
            # A rebalance, or no server. It is owed again; if the partition has moved, its messages come twice.
            _log.info("bus.commit_postponed", consumer=self._group, error=type(problem).__name__)
            self._marks.owe(owed)

    async def _look_for_standstill(self, client: AIOKafkaConsumer) -> None:
        """Messages are there, we hold their partition, and nothing comes: the client was seen to stand like that."""
        mine = client.assignment()
        behind = {
            TopicPartition(lag.topic, lag.partition): lag.committed
            for lag in await self._lag(self._group)
            if lag.messages
        }
        if self._watch.same_again({place: at for place, at in behind.items() if place in mine}):
            _log.error("bus.consumer_stood_still", consumer=self._group)
            await self._throw_away()

    async def close(self) -> None:
        await self._commit_owed()
        await self._throw_away()

    async def _throw_away(self) -> None:
        client, self._client = self._client, None
        self._marks.forget()
        self._watch = _Watch()
        if client is not None:
            await stop_client(client)


class _Marks(ConsumerRebalanceListener):  # type: ignore[misc]
    """Per partition: handed out up to where, finished up to where, and what is still to be committed."""

    def __init__(self) -> None:
        self._handed: dict[TopicPartition, int] = {}
        self._finished: dict[TopicPartition, int] = {}
        self.owed: dict[TopicPartition, int] = {}

    def on_partitions_revoked(self, revoked: Any) -> None: ...

    def on_partitions_assigned(self, assigned: Any) -> None:
        # What we keep through a rebalance comes again from the last commit, for the broker knows of no more.
        self._handed.clear()
        self._finished.clear()

    def hand_out(self, found: Sequence[Received]) -> None:
        for message in found:
            place = TopicPartition(message.topic, message.partition)
            self._finished.setdefault(place, message.offset)
            self._handed[place] = message.offset + 1

    def finish(self, upto: Sequence[Received]) -> None:
        done: dict[TopicPartition, int] = {}
        for message in upto:
            place = TopicPartition(message.topic, message.partition)
            done[place] = max(done.get(place, 0), message.offset + 1)
        for place, offset in done.items():
            # Kafka takes a place backwards too, when asked; a late word about older messages must not.
            self._finished[place] = max(self._finished.get(place, 0), offset)
            self.owe({place: self._finished[place]})

    def owe(self, offsets: Mapping[TopicPartition, int]) -> None:
        for place, offset in offsets.items():
            self.owed[place] = max(self.owed.get(place, 0), offset)

    def room(self, place: TopicPartition) -> int:
        return WINDOW - (self._handed.get(place, 0) - self._finished.get(place, 0))

    def outstanding(self) -> bool:
        return any(handed > self._finished.get(place, 0) for place, handed in self._handed.items())

    def forget(self) -> None:
        self._handed.clear()
        self._finished.clear()
        self.owed.clear()


class _Watch:
    """When to look whether the client stands still, and what was seen the last time."""

    def __init__(self) -> None:
        self._next = time.monotonic() + WATCH_SECONDS
        self._seen: Mapping[TopicPartition, int] = {}

    def due(self) -> bool:
        return time.monotonic() >= self._next

    def same_again(self, behind: Mapping[TopicPartition, int]) -> bool:
        same = any(self._seen.get(place) == committed for place, committed in behind.items())
        self._seen = behind
        self._next = time.monotonic() + WATCH_SECONDS
        return same


def _received(record: Any) -> Received:
    return Received(
        topic=record.topic,
        key=(record.key or b"").decode(errors="replace"),
        value=record.value or b"",
        headers=tuple((name, value or b"") for name, value in record.headers),
        partition=record.partition,
        offset=record.offset,
    )


async def stop_client(client: Any) -> None:
    """Stop a client, and do not wait for one that cannot.

    With its broker away a client was seen to swallow the cancellation and never to end, and `wait_for` waits for that:
    a service then took no event any more until it was started again.
    """
    stopping = asyncio.create_task(client.stop())
    stopping.add_done_callback(_heard)
    _, late = await asyncio.wait({stopping}, timeout=STOP_SECONDS)
    for task in late:
        _log.warning("bus.client_left_behind")
        task.cancel()


def _heard(stopping: asyncio.Task[None]) -> None:
    if not stopping.cancelled() and (problem := stopping.exception()) is not None:
        _log.info("bus.client_stopped_badly", error=type(problem).__name__)
