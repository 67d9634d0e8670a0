"""What the house asks of a bus. Two implementations keep it (Kafka, PostgreSQL) under one suite of tests.

At least once: a message may come again, so whoever consumes has an inbox. Order holds per key, none across keys.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

MAX_BYTES: Final = 900_000
"""Key, value and headers of one message together. Under Kafka's own limit, which counts some framing of its own."""

WINDOW: Final = 200
"""A partition with this many messages handed out and not committed gives no more until some are."""


@dataclass(frozen=True, slots=True)
class Message:
    topic: str
    key: str
    value: bytes
    headers: tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class Received(Message):
    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class Lag:
    """How far a group is behind in one partition. `committed` is the next offset it has not finished."""

    topic: str
    partition: int
    committed: int
    end: int

    @property
    def messages(self) -> int:
        return max(0, self.end - self.committed)


class TooLarge(Exception):  # noqa: N818 - a fact about a message
    """A message over MAX_BYTES. Nothing of the batch it was in has been sent."""

    def __init__(self, messages: Sequence[Message]) -> None:
        super().__init__(f"{len(messages)} message(s) over {MAX_BYTES} bytes")
        self.messages = tuple(messages)


class Bus(Protocol):
    async def ensure_topics(self, topics: Mapping[str, int]) -> None:
        """Create what is missing (name to partitions). Partitions are added, never taken away."""

    async def publish(self, messages: Sequence[Message]) -> None:
        """Return when ALL are acknowledged, in order per key. When it raises, send all again: some may be there."""

    def consumer(self, group: str, topics: Sequence[str], *, session_timeout: float = 10.0) -> "Consumer":
        """A member of a group. Seconds after which a silent member's partitions are another's."""

    async def lag(self, group: str) -> list[Lag]: ...

    async def ready(self) -> None:
        """Raises when the server cannot be asked."""

    async def close(self) -> None: ...


class Consumer(Protocol):
    async def start(self) -> None: ...

    async def batch(self, *, limit: int, timeout: float) -> Sequence[Received]:
        """Up to `limit` messages in order per partition; none when `timeout` seconds brought none, or no server."""

    async def commit(self, upto: Sequence[Received]) -> None:
        """These, and all before them in their partitions, are done.

        Never raises for a server that is away or a partition that moved: what stays uncommitted comes again.
        """

    async def close(self) -> None:
        """Leave the group at once, so that others need not wait for the session to run out."""


def refuse_oversized(messages: Iterable[Message]) -> None:
    oversized = [message for message in messages if _size(message) > MAX_BYTES]
    if oversized:
        raise TooLarge(oversized)


def _size(message: Message) -> int:
    headers = sum(len(name) + len(value) for name, value in message.headers)
    return len(message.key.encode()) + len(message.value) + headers


def dead_letter_topic(topic: str) -> str:
    """heed.incident.v1 -> heed.incident.dead"""
    return f"{topic.rpartition('.')[0]}.dead"


def with_dead_letters(topics: Mapping[str, int]) -> dict[str, int]:
    """The topics and beside each the place for what nobody can read; one partition, for people read those."""
    return {**topics, **{dead_letter_topic(topic): 1 for topic in topics}}
