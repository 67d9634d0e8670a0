"""The database: the only engine, the only session and the only commit in the house.

Every query runs inside `Database.begin(scope)`, which is one transaction. It tells PostgreSQL which school and which
person it is for (SET LOCAL, so nothing leaks to the next borrower of the connection); row-level security does the rest.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

import asyncpg
from sqlalchemy import URL, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import Session

TRUST_LOG: Final = UUID(int=0)
"""The "school" of rows that belong to the trust as a whole, so that every row has one."""

_DRIVER: Final = "driver"


@dataclass(frozen=True, slots=True)
class Scope:
    """For which school, and for whom, a transaction runs. Without a school it sees no school's rows."""

    school_id: UUID | None = None
    staff_id: UUID | None = None


class Database:
    def __init__(self, url: str, *, name: str = "heed", pool_size: int = 5) -> None:
        self._engine = _engine(url, name=name, pool_size=pool_size)
        self._wakes: dict[str, list[Callable[[], None]]] = {"published": [], "mailed": []}

    def on_publish(self, wake: Callable[[], None]) -> None:
        """Call `wake` after each commit that put an event into the outbox."""
        self._wakes["published"].append(wake)

    def on_mail(self, wake: Callable[[], None]) -> None:
        """Call `wake` after each commit that put a mail into the queue."""
        self._wakes["mailed"].append(wake)

    @asynccontextmanager
    async def begin(self, scope: Scope) -> AsyncIterator[AsyncSession]:
        """One transaction: committed when the block is left well, rolled back when it is left by an exception.

        Whoever answers a request does so after the block, so that no answer is ahead of its commit.
        """
        session = AsyncSession(self._engine, expire_on_commit=False, autobegin=False)
        async with session:
            driver = await session.run_sync(_open)
            driver.scope = scope
            session.info[_DRIVER] = driver
            yield session
            await session.commit()
            for what, wakes in self._wakes.items():
                if session.info.get(what):
                    for wake in wakes:
                        wake()

    async def alone(self, question: str, *values: Any) -> list[asyncpg.Record]:
        """One question ($1, $2 …) that is a transaction of its own and of no school: for workers, who ask all the time.

        Raises what the driver raises. BEGIN and COMMIT would be two more journeys for each.
        """
        async with self._engine.connect() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            assert isinstance(driver, _Driver)
            driver.scope = None
            return list(await driver.fetch(question, *values))

    async def ready(self) -> None:
        """Raises what the driver raises when the database cannot be asked."""
        async with self.begin(Scope()) as session:
            await session.execute(text("SELECT 1"))

    async def close(self) -> None:
        await self._engine.dispose()


async def ask(session: AsyncSession, question: str, *values: Any) -> list[tuple[Any, ...]]:
    """The driver's own way to ask ($1, $2 …) in a session's transaction, for what every concern asks.

    SQLAlchemy's way to a statement and its rows costs more than twice as much, and more than PostgreSQL's answer.
    JSON goes as text and comes as what it says. Rows can be taken apart, in the order in which they are asked for.
    """
    driver = session.info[_DRIVER]
    if driver.scope is not None:
        # The first question of a transaction: SQLAlchemy has to know that there is one, so that it ends it.
        found = await (await session.connection()).exec_driver_sql(question, values)
        return [tuple(row) for row in found] if found.returns_rows else []
    return [tuple(row) for row in await driver.fetch(question, *values)]


def _open(session: Session) -> "_Driver":
    session.begin()
    driver = session.connection().connection.driver_connection
    assert isinstance(driver, _Driver)
    return driver


class _Driver(asyncpg.Connection):  # type: ignore[misc]
    """Says for whom a transaction is in the same round trip as BEGIN, which comes before its first statement."""

    __slots__ = ("scope",)

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.scope: Scope | None = None

    async def execute(self, query: str, *given: Any, timeout: float | None = None) -> str:
        if not query.startswith("BEGIN") or self.scope is None:
            # Without a scope (SQLAlchemy's own questions when it connects) a transaction sees no school's rows.
            return str(await super().execute(query, *given, timeout=timeout))
        scope, self.scope = self.scope, None
        try:
            return str(await super().execute(f"{query} {_set_scope(scope)}", timeout=timeout))
        except BaseException:
            # Begun or not, nobody knows: this connection is not used again.
            self.terminate()
            raise


def _set_scope(scope: Scope) -> str:
    """As SQL without parameters, which BEGIN cannot share its round trip with. What stands in it are UUIDs."""
    return (
        f"SELECT set_config('heed.school', '{_setting(scope.school_id)}', true), "
        f"set_config('heed.staff', '{_setting(scope.staff_id)}', true)"
    )


def _setting(value: UUID | None) -> str:
    return "" if value is None else str(UUID(int=value.int))


def _engine(url: str, *, name: str, pool_size: int) -> AsyncEngine:
    engine = create_async_engine(
        sqlalchemy_url(url),
        pool_size=pool_size,
        max_overflow=0,
        # The same few connections again and again: each of PostgreSQL's processes that is used grows to some 7 MB.
        pool_use_lifo=True,
        pool_timeout=10,
        # Parameters hold what people wrote; an error or a log line must not repeat them.
        hide_parameters=True,
        connect_args={
            "connection_class": _Driver,
            "server_settings": {
                "application_name": name,
                "statement_timeout": "30s",
                "idle_in_transaction_session_timeout": "60s",
                "timezone": "UTC",
            },
            "timeout": 5,
        },
    )
    event.listen(engine.sync_engine, "checkout", _refuse_closed)
    return engine


def _refuse_closed(connection: DBAPIConnection, *_: object) -> None:
    """A connection that the server has ended is replaced, with all that are as old, before anybody uses it.

    The driver knows by itself. The pool's own way of asking (pool_pre_ping) is three round trips for each transaction.
    """
    if connection.driver_connection.is_closed():
        raise InvalidatePoolError("the server has ended this connection")


def sqlalchemy_url(url: str) -> URL:
    """A libpq URL (`postgresql://user:password@host:port/name`, or `?host=/socket/folder`) as SQLAlchemy's."""
    parts = urlsplit(url)
    query = {key: values[0] for key, values in parse_qs(parts.query).items()}
    return URL.create(
        "postgresql+asyncpg",
        username=unquote(parts.username or ""),
        password=unquote(parts.password or "") or None,
        host=parts.hostname,
        port=parts.port,
        database=parts.path.lstrip("/"),
        query=query,
    )
