"""Servers and databases for the tests: real ones, started once, emptied before each test that asks."""

import asyncio
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from deploy import databases
from deploy.embedded import CannotStart, EmbeddedPostgres
from shared.db import Database
from tests.house_database import HOUSE, make_house_tables

pytest_plugins = ("tests.servers", "tests.openid")

REQUIRE_ALL = os.environ.get("HEED_TEST_REQUIRE") == "all"


def cannot_have(server: str, reason: str) -> None:
    """Skip the test that needs a server, with the reason; where every server is required, fail it."""
    if REQUIRE_ALL:
        pytest.fail(f"{server} is required and could not be had: {reason}")
    pytest.skip(f"needs {server}: {reason}")


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL server with every database of the house in it."""

    admin_url: str
    passwords: dict[str, str]
    services: tuple[str, ...]

    def url(self, service: str, kind: str = "app") -> str:
        name = f"heed_{service}_{kind}"
        account = databases.Account(name, self.passwords[name])
        return databases.url_for(self.admin_url, database=f"heed_{service}", account=account)

    def admin(self, service: str) -> str:
        """As superuser: row-level security does not hold for this one."""
        return databases.in_database(self.admin_url, f"heed_{service}")

    @property
    def bus_url(self) -> str:
        account = databases.Account(databases.BUS, self.passwords[databases.BUS])
        return databases.url_for(self.admin_url, database=databases.BUS, account=account)

    def database(self, service: str, kind: str = "app") -> Database:
        return Database(self.url(service, kind), name=f"test-{service}-{kind}")


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Real PostgreSQL: the one named by HEED_TEST_POSTGRES_URL (as administrator), or the embedded one."""
    given = os.environ.get("HEED_TEST_POSTGRES_URL")
    if given:
        yield asyncio.run(prepare(given))
        return
    folder = Path(tempfile.mkdtemp(prefix="heed-test-"))
    server = EmbeddedPostgres(folder, settings={"fsync": "off", "max_connections": "200"})
    try:
        try:
            admin_url = asyncio.run(server.start())
        except CannotStart as problem:
            cannot_have("PostgreSQL", str(problem))
        yield asyncio.run(prepare(admin_url))
    finally:
        asyncio.run(server.stop())
        shutil.rmtree(folder, ignore_errors=True)


async def prepare(admin_url: str) -> Cluster:
    """Every role, database and table of the house, on a server that has none yet or has them all."""
    migrated = [service for service in databases.SERVICES if databases.has_migrations(service)]
    services = (*migrated, HOUSE)
    passwords = {name: secrets.token_urlsafe(12) for name in databases.role_names(services)}
    await databases.create(admin_url, passwords, services=services)
    cluster = Cluster(admin_url, passwords, services)
    for service in migrated:
        await databases.migrate(service, cluster.url(service, "migrator"))
    await make_house_tables(cluster.url(HOUSE, "migrator"))
    return cluster


@pytest.fixture
async def empty_cluster(cluster: Cluster) -> Cluster:
    return await emptied(cluster)


async def emptied(cluster: Cluster) -> Cluster:
    """The cluster with every table of every service empty and the bus without a topic."""
    for service in cluster.services:
        await _empty(cluster.admin(service))
    await _drop_all(databases.in_database(cluster.admin_url, databases.BUS))
    return cluster


async def _empty(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        names = [name for name in await _tables(connection) if name != "alembic_version"]
        if names:
            await connection.execute(f"TRUNCATE {', '.join(names)} RESTART IDENTITY CASCADE")
    finally:
        await connection.close()


async def _drop_all(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        names = await _tables(connection)
        if names:
            await connection.execute(f"DROP TABLE {', '.join(names)} CASCADE")
    finally:
        await connection.close()


async def _tables(connection: asyncpg.Connection) -> list[str]:
    rows = await connection.fetch("SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'")
    return [row["name"] for row in rows]
