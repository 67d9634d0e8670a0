"""The bare equivalent that Heed is measured against: FastAPI, an insert with an outbox row, a relay, a consumer.

Nothing of Heed is in it: no permissions, no audit, no row-level security, no envelope, no parking, no mail. What Heed
costs beyond this is what those cost.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Protocol
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

TOPIC = "skeleton"
TABLES = """
CREATE TABLE IF NOT EXISTS incident (id uuid PRIMARY KEY, body text NOT NULL, at timestamptz NOT NULL DEFAULT now());
CREATE TABLE IF NOT EXISTS outbox (seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key uuid, body text);
CREATE TABLE IF NOT EXISTS log (place bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key uuid, body text);
CREATE TABLE IF NOT EXISTS alert (incident_id uuid PRIMARY KEY)
"""


class Concern(BaseModel):
    text: str


class Wire(Protocol):
    async def publish(self, rows: list[Any]) -> None: ...
    async def take(self) -> list[str]: ...
    async def done(self) -> None: ...


class KafkaWire:
    def __init__(self, servers: str) -> None:
        self._servers = servers

    async def start(self) -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=self._servers)
        await admin.start()
        await admin.create_topics([NewTopic(TOPIC, 12, 1)])
        await admin.close()
        self._producer = AIOKafkaProducer(bootstrap_servers=self._servers, acks="all", enable_idempotence=True)
        self._consumer = AIOKafkaConsumer(
            TOPIC,
            bootstrap_servers=self._servers,
            group_id=TOPIC,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
        )
        await self._producer.start()
        await self._consumer.start()

    async def publish(self, rows: list[Any]) -> None:
        sent = [await self._producer.send(TOPIC, row.body.encode(), key=str(row.key).encode()) for row in rows]
        await asyncio.gather(*sent)

    async def take(self) -> list[str]:
        batches: dict[TopicPartition, list[Any]] = await self._consumer.getmany(timeout_ms=50, max_records=500)
        return [record.value.decode() for records in batches.values() for record in records]

    async def done(self) -> None:
        await self._consumer.commit()

    async def stop(self) -> None:
        await self._consumer.stop()
        await self._producer.stop()


class TableWire:
    """The least that can be called a log in a table: one reader, one place remembered in memory."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._place = 0
        self._news = asyncio.Event()

    async def start(self) -> None: ...

    async def publish(self, rows: list[Any]) -> None:
        async with self._engine.begin() as connection:
            values = [{"key": row.key, "body": row.body} for row in rows]
            await connection.execute(text("INSERT INTO log (key, body) VALUES (:key, :body)"), values)
        self._news.set()

    async def take(self) -> list[str]:
        try:
            await asyncio.wait_for(self._news.wait(), 0.05)
        except TimeoutError:
            return []
        self._news.clear()
        async with self._engine.connect() as connection:
            query = text("SELECT place, body FROM log WHERE place > :place ORDER BY place LIMIT 500")
            rows = (await connection.execute(query, {"place": self._place})).all()
        if rows:
            self._place = rows[-1].place
            self._news.set()
        return [row.body for row in rows]

    async def done(self) -> None: ...

    async def stop(self) -> None: ...


def create_app(database_url: str, kafka: str | None) -> FastAPI:
    engine = create_async_engine(database_url, pool_size=10)
    wire = KafkaWire(kafka) if kafka else TableWire(engine)
    wake = asyncio.Event()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with engine.begin() as connection:
            for statement in TABLES.split(";"):
                await connection.execute(text(statement))
        await wire.start()
        tasks = [asyncio.create_task(relay(engine, wire, wake)), asyncio.create_task(consume(engine, wire))]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await wire.stop()
        await engine.dispose()

    app = FastAPI(lifespan=lifespan, telemetry={"logs": False})

    @app.post("/incidents", status_code=201)
    async def log(concern: Concern) -> dict[str, str]:
        key = uuid4()
        async with engine.begin() as connection:
            values = {"id": key, "body": concern.text}
            await connection.execute(text("INSERT INTO incident (id, body) VALUES (:id, :body)"), values)
            event = {"key": key, "body": json.dumps({"incident_id": str(key)})}
            await connection.execute(text("INSERT INTO outbox (key, body) VALUES (:key, :body)"), event)
        wake.set()
        return {"id": str(key)}

    @app.get("/alerts")
    async def alerts() -> dict[str, int]:
        async with engine.connect() as connection:
            return {"count": await connection.scalar(text("SELECT count(*) FROM alert")) or 0}

    return app


async def relay(engine: AsyncEngine, wire: Wire, wake: asyncio.Event) -> None:
    while True:
        await wake.wait()
        wake.clear()
        async with engine.begin() as connection:
            rows = (await connection.execute(text("SELECT * FROM outbox ORDER BY seq LIMIT 500"))).all()
            if not rows:
                continue
            await wire.publish(list(rows))
            await connection.execute(
                text("DELETE FROM outbox WHERE seq = ANY(:done)"), {"done": [row.seq for row in rows]}
            )
        wake.set()


async def consume(engine: AsyncEngine, wire: Wire) -> None:
    while True:
        bodies = await wire.take()
        for body in bodies:
            async with engine.begin() as connection:
                values = {"id": json.loads(body)["incident_id"]}
                await connection.execute(
                    text("INSERT INTO alert VALUES (CAST(:id AS uuid)) ON CONFLICT DO NOTHING"), values
                )
        if bodies:
            await wire.done()
