"""Databases and roles of the services: created once by an administrator, migrated by each service's own migrator."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

SERVICES: Final = ("auth", "incident", "alerting")
"""The services that own a database; the bus of the embedded default has one more."""

KINDS: Final = ("migrator", "app", "worker", "reporter", "backup")
BUS: Final = "heed_bus"
MIGRATIONS: Final = Path(__file__).parent.parent / "services"


@dataclass(frozen=True)
class Account:
    """A role of the cluster and its password."""

    name: str
    password: str


def accounts(service: str, passwords: Mapping[str, str]) -> dict[str, Account]:
    """The five accounts of a service by kind; `passwords` holds one for each role's full name."""
    return {kind: Account(f"heed_{service}_{kind}", passwords[f"heed_{service}_{kind}"]) for kind in KINDS}


def url_for(admin_url: str, *, database: str, account: Account) -> str:
    """The administrator's URL with another database and another login."""
    parts = urlsplit(admin_url)
    place = parts.netloc.rpartition("@")[2]
    login = f"{quote(account.name)}:{quote(account.password)}@"
    return urlunsplit((parts.scheme, login + place, f"/{database}", parts.query, ""))


def role_names(services: Sequence[str] = SERVICES) -> list[str]:
    """Every login the house needs, the bus's included: each wants a password of its own."""
    return [*(f"heed_{service}_{kind}" for service in services for kind in KINDS), BUS]


async def create(admin_url: str, passwords: Mapping[str, str], *, services: Sequence[str] = SERVICES) -> None:
    """Create every role and every empty database that is not there yet, and set the passwords. Safe to run again."""
    connection = await asyncpg.connect(admin_url)
    try:
        for service in services:
            await _create_roles(connection, accounts(service, passwords))
            await _create_database(connection, f"heed_{service}", owner=f"heed_{service}_migrator")
        await _create_role(connection, Account(BUS, passwords[BUS]), options="NOBYPASSRLS")
        await _create_database(connection, BUS, owner=BUS)
    finally:
        await connection.close()
    for service in services:
        await _fence(in_database(admin_url, f"heed_{service}"), service)
    await _fence_bus(in_database(admin_url, BUS))


async def drop(admin_url: str, *, services: Sequence[str] = SERVICES) -> None:
    """Take every database of the house away, with all that is in it. Only for a first start that was cut off."""
    connection = await asyncpg.connect(admin_url)
    try:
        for name in (*(f"heed_{service}" for service in services), BUS):
            await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    finally:
        await connection.close()


def in_database(admin_url: str, database: str) -> str:
    parts = urlsplit(admin_url)
    return urlunsplit((parts.scheme, parts.netloc, f"/{database}", parts.query, ""))


async def _create_roles(connection: asyncpg.Connection, people: Mapping[str, Account]) -> None:
    for kind, account in people.items():
        await _create_role(connection, account, options="BYPASSRLS" if kind == "backup" else "NOBYPASSRLS")


async def _create_role(connection: asyncpg.Connection, account: Account, *, options: str) -> None:
    known = await connection.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", account.name)
    verb = "ALTER" if known else "CREATE"
    secret = account.password.replace("'", "''")
    await connection.execute(
        f"{verb} ROLE {account.name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT {options} PASSWORD '{secret}'"
    )


async def _create_database(connection: asyncpg.Connection, name: str, *, owner: str) -> None:
    if not await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", name):
        # The administrator of a managed server is no superuser and may give a database away only to a role it is in.
        await connection.execute(f"GRANT {owner} TO CURRENT_USER")
        await connection.execute(f"CREATE DATABASE {name} OWNER {owner} TEMPLATE template0 ENCODING 'UTF8'")


async def _fence(admin_url: str, service: str) -> None:
    """Let nobody but the service's own roles connect, and nobody but its migrator create anything."""
    connection = await asyncpg.connect(admin_url)
    try:
        database = await connection.fetchval("SELECT current_database()")
        roles = ", ".join(f"heed_{service}_{kind}" for kind in KINDS)
        await connection.execute(f"REVOKE ALL ON DATABASE {database} FROM PUBLIC")
        await connection.execute(f"GRANT CONNECT ON DATABASE {database} TO {roles}")
        await connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        await connection.execute(f"ALTER SCHEMA public OWNER TO heed_{service}_migrator")
        await connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public")
        await connection.execute("CREATE EXTENSION IF NOT EXISTS unaccent SCHEMA public")
    finally:
        await connection.close()


async def _fence_bus(admin_url: str) -> None:
    connection = await asyncpg.connect(admin_url)
    try:
        database = await connection.fetchval("SELECT current_database()")
        await connection.execute(f"REVOKE ALL ON DATABASE {database} FROM PUBLIC")
        await connection.execute(f"GRANT CONNECT ON DATABASE {database} TO {BUS}")
        await connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        await connection.execute(f"ALTER SCHEMA public OWNER TO {BUS}")
    finally:
        await connection.close()


def has_migrations(service: str) -> bool:
    return any((MIGRATIONS / service / "migrations" / "versions").glob("[0-9]*.py"))


def newest(service: str) -> str:
    """The revision a service's code wants: its migrations are numbered, the last one is the newest."""
    files = sorted((MIGRATIONS / service / "migrations" / "versions").glob("[0-9]*.py"))
    return files[-1].stem.partition("_")[0]


async def revision(url: str) -> str | None:
    """The revision a database is at; None when it was never migrated."""
    connection = await asyncpg.connect(url)
    try:
        if await connection.fetchval("SELECT to_regclass('public.alembic_version') IS NULL"):
            return None
        found: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
        return found
    finally:
        await connection.close()


async def migrate(service: str, migrator_url: str) -> None:
    """Bring a service's database to the revision its code wants; returns at once when it is there."""
    if await revision(migrator_url) == newest(service):
        return
    # Alembic runs an event loop of its own, hence the thread.
    await asyncio.to_thread(_upgrade, service, migrator_url)


def _upgrade(service: str, migrator_url: str) -> None:
    # Imported late: a start with nothing to migrate should not pay for it.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS / service / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = migrator_url
    command.upgrade(config, "head")
