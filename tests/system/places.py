"""Every place of a running house into which a person's name or a child's words could get although they must not."""

import base64
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass

import asyncpg
import httpx
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from deploy.native.processes import Processes
from tests.system.post import PostOffice


@dataclass(frozen=True, slots=True)
class Piece:
    """Something found at a place; `where` says which."""

    where: str
    content: bytes


async def everything(house: Processes, post: PostOffice) -> list[Piece]:
    """The bus, the logs, the mails and the metrics as they are now."""
    found = [*logs(house), *mails(post)]
    found += [piece async for piece in bus(house)]
    found += [piece async for piece in metrics(house)]
    return found


def logs(house: Processes) -> Iterator[Piece]:
    """What every process and its database wrote: standard output and standard error."""
    for path in (*sorted((house.folder / "logs").iterdir()), *house.folder.glob("database/*.log")):
        for number, line in enumerate(path.read_bytes().splitlines(), start=1):
            yield Piece(f"log {path.name}:{number}", line)


def mails(post: PostOffice) -> Iterator[Piece]:
    """As it came and as it reads. Whom it is to is the one name that a mail must hold."""
    for number, mail in enumerate(post.mails, start=1):
        without = mail.content.replace(mail.to.encode(), b"(whom it is to)")
        yield Piece(f"mail {number}", without + b"\n" + mail.text.replace(mail.to, "(whom it is to)").encode())


async def metrics(house: Processes) -> AsyncIterator[Piece]:
    async with httpx.AsyncClient(trust_env=False) as http:
        for program in house.programs.values():
            yield Piece(f"metrics of {program.name}", (await http.get(program.metrics_url)).content)


async def bus(house: Processes) -> AsyncIterator[Piece]:
    """Every message of every topic as bytes: key, value and headers."""
    reading = _kafka(house.bus_url) if house.bus_url.startswith("kafka") else _embedded(house.bus_url)
    async for piece in reading:
        yield piece


async def _kafka(url: str) -> AsyncIterator[Piece]:
    servers = url.removeprefix("kafka://")
    places = await _partitions(servers)
    reader = AIOKafkaConsumer(bootstrap_servers=servers, enable_auto_commit=False)
    await reader.start()
    try:
        reader.assign(places)
        await reader.seek_to_beginning(*places)
        ends = await reader.end_offsets(places)
        for place in places:
            while await reader.position(place) < ends[place]:
                for records in (await reader.getmany(timeout_ms=500)).values():
                    for record in records:
                        headers = b" ".join(name.encode() + b"=" + value for name, value in record.headers)
                        where = f"bus {record.topic}/{record.partition}@{record.offset}"
                        yield Piece(where, b" ".join((record.key or b"", record.value or b"", headers)))
    finally:
        await reader.stop()


async def _partitions(servers: str) -> list[TopicPartition]:
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    await admin.start()
    try:
        topics = [topic for topic in await admin.describe_topics() if topic["topic"].startswith("heed.")]
        return [TopicPartition(topic["topic"], part["partition"]) for topic in topics for part in topic["partitions"]]
    finally:
        await admin.close()


async def _embedded(url: str) -> AsyncIterator[Piece]:
    connection = await asyncpg.connect(url)
    try:
        query = """SELECT topic, number, "offset", key, headers, value
            FROM bus_log JOIN bus_partition ON id = partition_id"""
        for row in await connection.fetch(query):
            where = f"bus {row['topic']}/{row['number']}@{row['offset']}"
            yield Piece(where, b" ".join((row["key"].encode(), row["value"], row["headers"])))
    finally:
        await connection.close()


def leaks(pieces: Sequence[Piece], canaries: Sequence[str]) -> list[str]:
    """Where a canary sits, plain, in any case of letters, or in base64."""
    found = []
    needles = [(canary, form) for canary in canaries for form in _forms(canary)]
    for piece in pieces:
        low = piece.content.lower()
        found += [f"{canary} in {piece.where}" for canary, form in needles if form in piece.content or form in low]
    return found


def _forms(canary: str) -> Iterator[bytes]:
    yield canary.lower().encode()
    for shift in range(3):
        # The middle of the base64 form, whatever stands before and after it.
        coded = base64.b64encode(b"\0" * shift + canary.encode())
        yield coded[4:-4]
