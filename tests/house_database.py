"""A database with nothing in it but the tables that every service has, for the tests of `shared`."""

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from shared.db import sqlalchemy_url
from shared.migrations import house_tables_v1

HOUSE = "house"


async def make_house_tables(migrator_url: str) -> None:
    engine = create_async_engine(sqlalchemy_url(migrator_url), poolclass=NullPool)
    async with engine.begin() as connection:
        if await connection.scalar(text("SELECT to_regclass('public.outbox') IS NULL")):
            await connection.run_sync(_make)
    await engine.dispose()


def _make(connection: Connection) -> None:
    connection.execute(text("CREATE TABLE alembic_version (version_num text PRIMARY KEY)"))
    with Operations.context(MigrationContext.configure(connection)):
        house_tables_v1(HOUSE)
