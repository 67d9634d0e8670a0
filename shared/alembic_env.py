"""What every service's Alembic `env.py` does: connect, wait for nobody long, migrate one step per transaction."""

import asyncio
from typing import Final

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from shared.db import sqlalchemy_url

ONE_MIGRATOR: Final = 4_848_393_313
"""The advisory lock that makes a second migrator wait for the first."""


def run(service: str) -> None:
    url = context.config.attributes["url"]
    asyncio.run(_migrate(service, url))


async def _migrate(service: str, url: str) -> None:
    engine = create_async_engine(sqlalchemy_url(url), poolclass=NullPool, hide_parameters=True)
    try:
        async with engine.connect() as connection:
            await connection.execute(
                text("SELECT set_config('application_name', :name, false)"), {"name": f"{service}-migrate"}
            )
            await connection.execute(text(f"SELECT pg_advisory_lock({ONE_MIGRATOR})"))
            # A migration that cannot have its lock at once gives up: the code already running goes first.
            await connection.execute(text("SET lock_timeout = '5s'"))
            await connection.execute(text("SET statement_timeout = '10min'"))
            await connection.commit()
            await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()


def _upgrade(connection: Connection) -> None:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
