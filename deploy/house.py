"""What a house on one machine brings along: its servers and its databases. `deploy/cli.py: up` puts them together."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from deploy import building, databases
from deploy.captured_mail import CapturedMail
from deploy.data_folder import DataFolder, Refused
from deploy.embedded import CannotStart, EmbeddedPostgres
from deploy.environment import Servers, database_variable, environment_of, put_in_place, secret_names
from deploy.screen import bars
from services.auth import service as auth_service
from services.auth.domain.first_run import starting_code
from shared.bus.api import Bus
from shared.db import Scope
from shared.service import Service

Say = Callable[[str], None]


@asynccontextmanager
async def embedded_postgres(folder: DataFolder) -> AsyncIterator[str]:
    """PostgreSQL for as long as the block; its administrator's URL."""
    server = EmbeddedPostgres(folder.database)
    try:
        admin_url = await server.start()
    except CannotStart as problem:
        await server.stop()
        raise Refused(str(problem)) from None
    try:
        yield admin_url
    finally:
        await asyncio.shield(server.stop())


@asynccontextmanager
async def captured_mail(folder: DataFolder) -> AsyncIterator[CapturedMail]:
    mail = CapturedMail(folder.mail)
    await mail.start()
    try:
        yield mail
    finally:
        await mail.stop()


@asynccontextmanager
async def bus() -> AsyncIterator[Bus]:
    """The one bus of a house in one process, closed after everything that uses it."""
    connected = building.bus_of_the_house()
    try:
        yield connected
    finally:
        await connected.close()


async def settle(folder: DataFolder, servers: Servers, *, public_url: str, say: Say) -> None:
    """Databases, tables and settings as this version wants them; the settings become this process's environment."""
    secrets = await _prepare_databases(folder, servers.admin_url, say)
    put_in_place(environment_of(servers, secrets, public_url=public_url))
    await migrate_all(say)


async def _prepare_databases(folder: DataFolder, admin_url: str, say: Say) -> dict[str, str]:
    """Roles and databases, as far as they are not there yet; the secrets of this house."""
    # A version with one more service has one more database; the rest is left as it is.
    grown = folder.lacks(secret_names())
    secrets = folder.secrets(secret_names())
    # A demonstration that was cut off half-way was never anybody's: the house does not open before it is whole.
    if folder.step("demonstration") == "begun":
        say("The first start was cut off; it begins again")
        await databases.drop(admin_url)
        for old in folder.mail.glob("*.eml"):
            old.unlink(missing_ok=True)
        folder.note("databases", "begun")
        folder.note("demonstration", "not begun")
    if grown or folder.step("databases") != "finished":
        say("Databases and their roles")
        folder.note("databases", "begun")
        await databases.create(admin_url, secrets)
        folder.note("databases", "finished")
    return secrets


async def demonstrate(folder: DataFolder, services: Mapping[str, Service], bus: Bus, stop: asyncio.Event) -> None:
    """The invented trust, into a house that was never opened before. A stop meanwhile ends it; it begins again."""
    if folder.step("demonstration") != "not begun":
        return
    from deploy.demo.load import load  # noqa: PLC0415 - the first start alone needs it

    folder.note("demonstration", "begun")
    with bars() as steps:
        loading = asyncio.create_task(load(services, bus, steps))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({loading, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not loading.done():
            loading.cancel()
            await asyncio.gather(loading, return_exceptions=True)
            return
        stopping.cancel()
        loading.result()
    folder.note("demonstration", "finished")
    # The rush has opened every connection of every pool; a house on a laptop keeps as many as a day needs.
    for service in services.values():
        if hasattr(service.api.state, "db"):
            await service.api.state.db.close()


def leave_empty(folder: DataFolder) -> None:
    """A house that was opened without the demonstration is a school's own; it never gets one later."""
    if folder.step("demonstration") == "not begun":
        folder.note("demonstration", "left out")


async def starting_code_of(services: Mapping[str, Service]) -> str | None:
    """What the first visitor of an empty house has to know; None once there is a trust."""
    auth = services["auth"].api.state
    async with auth.db.begin(Scope()) as session:
        untouched = await auth_service.is_untouched(session)
    return starting_code(auth.settings.key_secret.get_secret_value()) if untouched else None


async def migrate_all(say: Say) -> None:
    """Every service's tables as its code wants them; the migrators' URLs are read from the environment."""
    for service in databases.SERVICES:
        variable = database_variable(service, "migrator")
        url = os.environ.get(variable)
        if url is None:
            raise Refused(f"{variable} is not set: the login that owns the tables of {service}.")
        found, wanted = await databases.revision(url), databases.newest(service)
        if found is not None and found > wanted:
            raise Refused(
                f"The tables of {service} were made by a newer version of Heed ({found}) than this one ({wanted}). "
                "Start that version. Nothing was changed."
            )
        if found != wanted:
            say(f"Tables of {service}: {found or 'none'} to {wanted}")
            await databases.migrate(service, url)


@asynccontextmanager
async def at_hand(folder: DataFolder) -> AsyncIterator[None]:
    """The settings of the house a command is about, in this process's environment.

    What the environment says; else the house that runs with this folder; else the folder's database, started for as
    long as the command takes. Raises Refused when there is none of these.
    """
    async with AsyncExitStack() as rooms:
        # Any of its logins: a migration has the migrators' alone, a verification may have the backup's.
        named = (database_variable(service, kind) for service in databases.SERVICES for kind in databases.KINDS)
        if not any(name in os.environ for name in named):
            if not folder.database.exists():
                raise Refused(
                    f"There is no house here: no HEED_*_DATABASE_URL in the environment and nothing in {folder.path}. "
                    "Start one with `heed up`, or say where it is: --data, or the variables of .env.example."
                )
            tenant = folder.tenant()
            if tenant is None:
                rooms.enter_context(folder.opened("a command"))
                admin_url = await rooms.enter_async_context(embedded_postgres(folder))
            else:
                admin_url = EmbeddedPostgres(folder.database).admin_url
            public_url = tenant.address if tenant else "http://localhost:8000"
            secrets = folder.secrets(secret_names())
            put_in_place(environment_of(Servers(admin_url, smtp_port=25), secrets, public_url=public_url))
        yield
