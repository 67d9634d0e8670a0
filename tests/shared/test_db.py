"""The session of the house: one transaction, one school, and nothing outside of it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.incident import PupilLeft
from shared.db import Database, Scope
from shared.inbox import first_time
from shared.outbox import publish
from tests.conftest import Cluster
from tests.shared.bus.consuming import until

OAKFIELD = uuid4()
MEADOW = uuid4()


@pytest.fixture
async def db(empty_cluster: Cluster) -> AsyncIterator[Database]:
    database = empty_cluster.database("house")
    yield database
    await database.close()


async def test_a_query_outside_a_transaction_raises(db: Database) -> None:
    async with db.begin(Scope(OAKFIELD)) as session:
        pass
    with pytest.raises(InvalidRequestError):
        await session.execute(text("SELECT 1"))
    with pytest.raises(InvalidRequestError):
        await AsyncSession(db._engine, autobegin=False).execute(text("SELECT 1"))


async def test_the_school_does_not_leak_to_the_next_transaction_of_the_connection(empty_cluster: Cluster) -> None:
    db = Database(empty_cluster.url("house"), pool_size=1)
    async with db.begin(Scope(OAKFIELD, staff_id=MEADOW)) as session:
        assert await session.scalar(text("SELECT heed_school()")) == OAKFIELD
        assert await session.scalar(text("SELECT heed_staff()")) == MEADOW
    async with db.begin(Scope()) as session:
        assert await session.scalar(text("SELECT heed_school()")) is None
        assert await session.scalar(text("SELECT heed_staff()")) is None
    async with db.begin(Scope(MEADOW)):
        """A transaction that asks nothing leaves nothing behind either."""
    async with db.begin(Scope()) as session:
        assert await session.scalar(text("SELECT heed_school()")) is None
    await db.close()


async def test_an_exception_rolls_back_and_wakes_nobody(db: Database) -> None:
    woken: list[bool] = []
    db.on_publish(lambda: woken.append(True))
    with pytest.raises(RuntimeError):
        async with db.begin(Scope(OAKFIELD)) as session:
            await publish(session, PupilLeft(pupil_id=uuid4()), school_id=OAKFIELD, version=1)
            raise RuntimeError
    assert woken == []
    async with db.begin(Scope(OAKFIELD)) as session:
        await publish(session, PupilLeft(pupil_id=uuid4()), school_id=OAKFIELD, version=1)
        assert woken == []
    assert woken == [True]


async def test_an_event_has_its_effect_once_per_consumer(db: Database) -> None:
    event = uuid4()
    async with db.begin(Scope(OAKFIELD)) as session:
        assert await first_time(session, "alerting", event, OAKFIELD)
        assert not await first_time(session, "alerting", event, OAKFIELD)
        assert await first_time(session, "alerting-replay-1", event, OAKFIELD)


async def test_a_row_for_another_school_is_refused_by_the_database(db: Database) -> None:
    with pytest.raises(DBAPIError, match="row-level security"):
        async with db.begin(Scope(OAKFIELD)) as session:
            await first_time(session, "alerting", uuid4(), MEADOW)


async def test_the_app_cannot_read_the_outbox_but_the_worker_can(empty_cluster: Cluster, db: Database) -> None:
    for school in (OAKFIELD, MEADOW):
        async with db.begin(Scope(school)) as session:
            await publish(session, PupilLeft(pupil_id=uuid4()), school_id=school, version=1)
    with pytest.raises(DBAPIError, match="permission denied"):
        async with db.begin(Scope(OAKFIELD)) as session:
            await session.execute(text("SELECT * FROM outbox"))
    worker = await asyncpg.connect(empty_cluster.url("house", "worker"))
    assert await worker.fetchval("SELECT count(*) FROM outbox") == 2
    await worker.close()


async def test_connections_that_the_server_has_ended_are_replaced_before_anybody_uses_them(
    empty_cluster: Cluster, db: Database
) -> None:
    drivers: set[Any] = set()

    async def busy() -> None:
        async with db.begin(Scope(OAKFIELD)) as session:
            drivers.add((await (await session.connection()).get_raw_connection()).driver_connection)
            await session.execute(text("SELECT pg_sleep(0.1)"))

    await asyncio.gather(*(busy() for _ in range(4)))
    admin = await asyncpg.connect(empty_cluster.admin("house"))
    ended = await admin.fetch(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'test-house-app'"
    )
    assert len(ended) >= 4

    async def are_gone() -> bool:
        # The server forgets a connection a moment before its socket is closed, which is what the driver hears.
        return all(driver.is_closed() for driver in drivers)

    await until(are_gone)
    await admin.close()

    await asyncio.gather(*(busy() for _ in range(8)))
