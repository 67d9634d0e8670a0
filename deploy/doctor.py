"""`heed doctor`: what a house needs, looked at one by one, each finding with what to do about it."""

import asyncio
import os
import platform
import shutil
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Final
from urllib.parse import urlsplit

import asyncpg
import httpx

from deploy import building, databases
from deploy.data_folder import ROOM_TO_RUN, DataFolder, Refused
from deploy.environment import database_variable
from shared.settings import HouseSettings

OLDEST_POSTGRES: Final = 14
MOST_CLOCK_SECONDS: Final = 2.0
PATIENCE: Final = 3.0


@dataclass(frozen=True, slots=True)
class Finding:
    about: str
    fine: bool
    says: str


def fine(about: str, says: str) -> Finding:
    return Finding(about, True, says)


def wrong(about: str, says: str) -> Finding:
    return Finding(about, False, says)


async def findings(folder: DataFolder) -> AsyncIterator[Finding]:
    """One after the other, as they are found."""
    for finding in (*_versions(), *_disk(folder)):
        yield finding
    settings: dict[str, HouseSettings] = {}
    for name in building.SERVICES:
        try:
            settings[name] = building.settings_of(name)
            yield fine(f"settings of {name}", "complete")
        except Refused as problem:
            yield wrong(f"settings of {name}", str(problem))
    for service in databases.SERVICES:
        for finding in await _database(service):
            yield finding
    yield await _bus()
    for any_settings in list(settings.values())[:1]:
        yield await _mail(any_settings)
        for finding in await _services(any_settings):
            yield finding


def _versions() -> Sequence[Finding]:
    python = platform.python_version()
    try:
        heed = version("heed")
    except PackageNotFoundError:
        heed = "not installed as a package"
    return (fine("Heed", f"{heed}, on Python {python}, {platform.system()} {platform.machine()}"),)


def _disk(folder: DataFolder) -> Sequence[Finding]:
    if not folder.path.exists():
        return ()
    free = shutil.disk_usage(folder.path).free
    if free < ROOM_TO_RUN:
        return (wrong("disk", f"{free // 1_000_000} MB left for {folder.path}: make room before it is full."),)
    return (fine("disk", f"{free // 1_000_000:,} MB left for {folder.path}"),)


async def _database(service: str) -> Sequence[Finding]:
    """The logins that a running service uses, one by one."""
    about = f"database of {service}"
    found = []
    for kind in ("app", "worker"):
        variable = database_variable(service, kind)
        url = os.environ.get(variable)
        if url is None:
            found.append(wrong(about, f"{variable} is not set."))
            continue
        try:
            connection = await asyncpg.connect(url, timeout=PATIENCE)
        except (OSError, asyncpg.PostgresError, ValueError, TimeoutError) as problem:
            found.append(wrong(about, f"{variable} does not open ({type(problem).__name__}): {_at(url)}."))
            continue
        try:
            found.append(await _login(connection, about, service, variable))
        finally:
            await connection.close()
    return found


async def _login(connection: asyncpg.Connection, about: str, service: str, variable: str) -> Finding:
    server = connection.get_server_version()
    if server.major < OLDEST_POSTGRES:
        return wrong(about, f"PostgreSQL {server.major} is too old: Heed needs {OLDEST_POSTGRES} or newer.")
    too_much = await connection.fetchval(
        "SELECT rolsuper OR rolbypassrls OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
    )
    if too_much:
        return wrong(about, f"{variable} logs in with too many rights: give it the role that `heed migrate` makes.")
    ahead = (await connection.fetchval("SELECT clock_timestamp()") - datetime.now(UTC)).total_seconds()
    if abs(ahead) > MOST_CLOCK_SECONDS:
        return wrong(about, f"its clock is {ahead:+.0f} s from ours: let both follow a time server (NTP).")
    found, wanted = await _revision(connection), databases.newest(service)
    if found is not None and found != wanted:
        return wrong(about, f"its tables are at {found}, this version wants {wanted}: run `heed migrate`.")
    return fine(about, f"{variable}: PostgreSQL {server.major}.{server.minor}, tables at {wanted}")


async def _revision(connection: asyncpg.Connection) -> str | None:
    try:
        found: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
    except asyncpg.InsufficientPrivilegeError:
        # A login of a service need not see how its tables were made.
        return None
    except asyncpg.UndefinedTableError:
        return "none"
    return found


async def _bus() -> Finding:
    try:
        bus = building.bus_of_the_house()
    except (Refused, ValueError) as problem:
        return wrong("bus", str(problem))
    try:
        await asyncio.wait_for(bus.ready(), PATIENCE)
    except Exception as problem:
        return wrong("bus", f"{_at(os.environ['HEED_BUS_URL'])} does not answer ({type(problem).__name__}).")
    finally:
        await bus.close()
    return fine("bus", f"{_at(os.environ['HEED_BUS_URL'])} answers")


async def _mail(settings: HouseSettings) -> Finding:
    place = f"{settings.smtp_host}:{settings.smtp_port}"
    try:
        _, writer = await asyncio.wait_for(
            asyncio.open_connection(settings.smtp_host, settings.smtp_port), timeout=PATIENCE
        )
    except (OSError, TimeoutError) as problem:
        return wrong(
            "mail", f"{place} does not answer ({type(problem).__name__}): mails wait in their queue until then."
        )
    writer.close()
    return fine("mail", f"{place} answers ({settings.smtp_security})")


async def _services(settings: HouseSettings) -> Sequence[Finding]:
    urls = {
        "auth": settings.auth_url,
        "incident": settings.incident_url,
        "alerting": settings.alerting_url,
        "gateway": settings.public_url,
    }
    async with httpx.AsyncClient(timeout=PATIENCE, trust_env=False) as client:
        return [await _service(client, name, url) for name, url in urls.items() if url]


async def _service(client: httpx.AsyncClient, name: str, url: str) -> Finding:
    try:
        answer = await client.get(f"{url.rstrip('/')}/health/ready")
    except httpx.HTTPError:
        return wrong(name, f"does not answer at {url}: is it running? (`heed run {name}`)")
    if answer.status_code == 200:
        return fine(name, f"ready at {url}")
    missing = answer.json().get("missing", []) if answer.status_code == 503 else [f"status {answer.status_code}"]
    return wrong(name, f"runs at {url} and waits for: {', '.join(missing)}")


def _at(url: str) -> str:
    """A server without its login."""
    parts = urlsplit(url)
    return f"{parts.scheme} at {parts.netloc.rpartition('@')[2] or 'a socket of this machine'}"
