"""The bus on Kafka: what the house asks of it, and its producer.

Every setting that differs from the client's default is there because the default was seen to lose, reorder or stall.
"""

import asyncio
import contextlib
import ssl
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.errors import KafkaConnectionError, TopicAlreadyExistsError, for_code
from aiokafka.partitioner import DefaultPartitioner

from shared.bus.api import Lag, Message, refuse_oversized
from shared.bus.kafka_consumer import KafkaConsumer, stop_client

# After a broker was killed, the longest pause was 15.7 s with the client's way of waiting and 10 s here; see
# docs/performance.md. Shorter than 2 s and a busy broker is taken for a dead one.
REQUEST_MS: Final = 3_000
# An idempotent producer repeats for ever by itself. Past this it is taken for stuck, thrown away and the caller sends
# all again with a new one.
PUBLISH_SECONDS: Final = 20.0
KEPT_DAYS: Final = 14
COPIES: Final = 3

_log = structlog.get_logger(__name__)


class KafkaBus:
    def __init__(self, url: str, *, client_id: str) -> None:
        self._connection = connection_settings(url, client_id=client_id)
        self._producer: AIOKafkaProducer | None = None
        self._reader: AIOKafkaConsumer | None = None
        self._opening = asyncio.Lock()
        self._partition_of = DefaultPartitioner()
        self._topics_of: dict[str, set[str]] = defaultdict(set)

    async def ensure_topics(self, topics: Mapping[str, int]) -> None:
        async with self._admin() as admin:
            known = {topic["topic"]: len(topic["partitions"]) for topic in await admin.describe_topics()}
            missing = {name: count for name, count in topics.items() if name not in known}
            if missing:
                await _create(admin, missing)
            short = {name: NewPartitions(count) for name, count in topics.items() if 0 < known.get(name, 0) < count}
            if short:
                await admin.create_partitions(short)

    async def publish(self, messages: Sequence[Message]) -> None:
        refuse_oversized(messages)
        if not messages:
            return
        producer = await self._ready_producer()
        try:
            async with asyncio.timeout(PUBLISH_SECONDS):
                await self._send(producer, messages)
        except BaseException:
            # Sequence numbers of an idempotent producer may be out of step after any failure, and then every later
            # send fails (220 of 220 were seen to): a new one begins with new numbers.
            await self._throw_away(producer)
            raise

    async def _send(self, producer: AIOKafkaProducer, messages: Sequence[Message]) -> None:
        lanes: dict[TopicPartition, list[Message]] = defaultdict(list)
        for message in messages:
            partitions = sorted(await producer.partitions_for(message.topic))
            number = self._partition_of(message.key.encode(), partitions, partitions)
            lanes[TopicPartition(message.topic, number)].append(message)
        try:
            async with asyncio.TaskGroup() as group:
                for place, lane in lanes.items():
                    group.create_task(_send_in_order(producer, place, lane))
        except ExceptionGroup as several:
            raise several.exceptions[0] from None

    def consumer(self, group: str, topics: Sequence[str], *, session_timeout: float = 10.0) -> KafkaConsumer:
        self._topics_of[group] |= set(topics)
        return KafkaConsumer(
            self._connection, group=group, topics=topics, session_timeout=session_timeout, lag=self.lag
        )

    async def lag(self, group: str) -> list[Lag]:
        async with self._admin() as admin:
            committed = {
                place: known.offset
                for place, known in (await admin.list_consumer_group_offsets(group)).items()
                if known.offset >= 0
            }
            topics = self._topics_of[group] | {place.topic for place in committed}
            described = await admin.describe_topics(sorted(topics)) if topics else []
        places = [TopicPartition(one["topic"], part["partition"]) for one in described for part in one["partitions"]]
        if not places:
            return []
        reader = await self._ready_reader()
        first, end = await reader.beginning_offsets(places), await reader.end_offsets(places)
        return [
            Lag(place.topic, place.partition, committed.get(place, first[place]), end[place])
            for place in sorted(places)
        ]

    async def ready(self) -> None:
        async with self._admin() as admin:
            await admin.describe_cluster()

    async def close(self) -> None:
        async with self._opening:
            producer, self._producer = self._producer, None
            reader, self._reader = self._reader, None
        if producer is not None:
            # Whoever published has had its answer, so there is nothing to flush and no server to wait for.
            await _abandon(producer)
        if reader is not None:
            await stop_client(reader)

    @contextlib.asynccontextmanager
    async def _admin(self) -> Any:
        admin = AIOKafkaAdminClient(**self._connection, request_timeout_ms=REQUEST_MS)
        try:
            async with asyncio.timeout(PUBLISH_SECONDS):
                await admin.start()
                yield admin
        finally:
            await admin.close()

    async def _ready_producer(self) -> AIOKafkaProducer:
        async with self._opening:
            if self._producer is None:
                producer = AIOKafkaProducer(
                    **self._connection,
                    acks="all",
                    enable_idempotence=True,
                    request_timeout_ms=REQUEST_MS,
                    # Larger than any message, and than what one publish has for a partition: one batch is written
                    # whole or not at all.
                    max_batch_size=1_000_000,
                    max_request_size=1_048_576,
                )
                self._producer = await _started(producer)
            return self._producer

    async def _ready_reader(self) -> AIOKafkaConsumer:
        async with self._opening:
            if self._reader is None:
                settings = {"request_timeout_ms": REQUEST_MS, "enable_auto_commit": False}
                self._reader = await _started(AIOKafkaConsumer(**self._connection, **settings))
            return self._reader

    async def _throw_away(self, producer: AIOKafkaProducer) -> None:
        async with self._opening:
            if self._producer is not producer:
                return
            self._producer = None
        _log.warning("bus.producer_rebuilt")
        await _abandon(producer)


async def _send_in_order(producer: AIOKafkaProducer, place: TopicPartition, lane: Sequence[Message]) -> None:
    """All of one partition: a batch leaves when the one before is acknowledged, so that none can overtake."""
    left = list(reversed(lane))
    while left:
        batch = producer.create_batch()
        while left and _append(batch, left[-1]):
            left.pop()
        await (await producer.send_batch(batch, place.topic, partition=place.partition))


def _append(batch: Any, message: Message) -> bool:
    headers = list(message.headers)
    added = batch.append(key=message.key.encode(), value=message.value, timestamp=None, headers=headers)
    return added is not None


async def _create(admin: AIOKafkaAdminClient, topics: Mapping[str, int]) -> None:
    brokers = len((await admin.describe_cluster())["brokers"])
    copies = min(COPIES, brokers)
    configs = {"retention.ms": str(KEPT_DAYS * 86_400_000), "min.insync.replicas": str(max(1, copies - 1))}
    created = await admin.create_topics(
        [NewTopic(name, count, copies, topic_configs=configs) for name, count in topics.items()]
    )
    for name, code, *_ in created.topic_errors:
        error = for_code(code)
        # Another process starting at the same time was quicker.
        if code and error is not TopicAlreadyExistsError:
            raise error(f"topic {name} could not be created")


async def _started(client: Any) -> Any:
    try:
        async with asyncio.timeout(PUBLISH_SECONDS):
            await client.start()
    except BaseException:
        await stop_client(client)
        raise
    return client


async def _abandon(producer: AIOKafkaProducer) -> None:
    """Stop without flushing: `stop()` alone waits for a server that may never come back. There is no public way."""
    sender, waiting = producer._sender, producer._message_accumulator
    await sender.close()
    waiting.fail_all(KafkaConnectionError("given up"))
    await stop_client(producer)


def connection_settings(url: str, *, client_id: str) -> dict[str, Any]:
    """The client's settings from `kafka://host:port[,host:port]` or `kafka+tls://[user:password@]host:port`."""
    parts = urlsplit(url)
    login, _, places = parts.netloc.rpartition("@")
    settings: dict[str, Any] = {"bootstrap_servers": places.split(","), "client_id": client_id}
    if parts.scheme == "kafka+tls":
        settings |= {"security_protocol": "SSL", "ssl_context": ssl.create_default_context()}
    if login:
        user, _, password = login.partition(":")
        settings |= {
            "security_protocol": "SASL_SSL" if parts.scheme == "kafka+tls" else "SASL_PLAINTEXT",
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_plain_username": unquote(user),
            "sasl_plain_password": unquote(password),
        }
    return settings
