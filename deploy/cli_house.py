"""`heed run`, `heed migrate`, `heed demo`: a house whose servers are there already."""

import asyncio
import os
from contextlib import AsyncExitStack
from enum import StrEnum
from typing import Annotated

import typer

from deploy.cli_options import Data, Host, Port, folder_of
from deploy.data_folder import Refused
from deploy.screen import say


class ServiceName(StrEnum):
    AUTH = "auth"
    INCIDENT = "incident"
    ALERTING = "alerting"
    GATEWAY = "gateway"


class Part(StrEnum):
    API = "api"
    CONSUMER = "consumer"
    RELAY = "relay"
    SENDER = "sender"
    SEALER = "sealer"
    TIDIER = "tidier"
    ESCALATOR = "escalator"
    WEBHOOKS = "webhooks"
    SWEEPER = "sweeper"


def run(
    service: Annotated[ServiceName, typer.Argument(help="Which one.")],
    only: Annotated[
        Part | None, typer.Option(help="Only this part of it, as a process of its own. Default: all of its parts.")
    ] = None,
    port: Port = 8000,
    host: Host = "127.0.0.1",
) -> None:
    """Run one service as its own process, as in production. Its settings are HEED_* variables (see .env.example).

    Several of the same service share the work: requests by your load balancer, events by the partitions of the bus.
    Of relays and sealers one leads and the others wait to take over.
    """
    from deploy.process import run as work  # noqa: PLC0415 - help texts need not wait for it

    work(_one_service(service.value, only.value if only else None, host, port))


async def _one_service(name: str, only: str | None, host: str, port: int) -> None:
    from deploy import building, house  # noqa: PLC0415 - help texts need not wait for it
    from deploy.process import answer, asked_to_stop, at_work, measured, open_door, started  # noqa: PLC0415
    from shared import logging  # noqa: PLC0415

    settings = building.settings_of(name)
    logging.configure(name, level=settings.log_level)
    async with AsyncExitStack() as rooms:
        stop = rooms.enter_context(asked_to_stop())
        door = rooms.enter_context(open_door(host, port)) if only in {None, "api"} else None
        # The gateway speaks HTTP only; whoever holds data also listens and tells.
        bus = None if name == "gateway" else await rooms.enter_async_context(house.bus())
        peers = building.peers_by_url(settings)
        rooms.push_async_callback(peers.close)
        service = building.build(name, peers=peers, bus=bus)
        building.keep_what_was_built()
        if settings.is_demo:
            building.show_captured_mail(service, folder_of(None))
        if only not in {None, "api", *service.workers}:
            raise Refused(f"{name} has no {only}. It has: api, {', '.join(service.workers)}.")
        await rooms.enter_async_context(started([service]))
        await rooms.enter_async_context(measured([service], host=host, port=settings.metrics_port))
        await rooms.enter_async_context(at_work([service], stop, only=only))
        if door is None:
            await stop.wait()
        else:
            await answer(service.api, door, stop)


def migrate(data: Data = None) -> None:
    """Create roles and databases that are missing and bring every table up to date. Safe to run at every start.

    With HEED_POSTGRES_ADMIN_URL (an administrator's login) and HEED_PASSWORDS ("role=password role=password …") it
    creates what is missing. Without them it uses HEED_<SERVICE>_MIGRATOR_DATABASE_URL and creates no role.
    """
    asyncio.run(_migrate(data))


async def _migrate(data: Data) -> None:
    from deploy import databases, house  # noqa: PLC0415
    from deploy.environment import passwords_in, put_in_place, service_urls  # noqa: PLC0415

    admin_url = os.environ.get("HEED_POSTGRES_ADMIN_URL")
    if admin_url:
        passwords = passwords_in(os.environ.get("HEED_PASSWORDS", ""))
        missing = [name for name in databases.role_names() if name not in passwords]
        if missing:
            raise Refused(f"HEED_PASSWORDS lacks a password for: {', '.join(missing)}.")
        say("Databases and their roles")
        await databases.create(admin_url, passwords)
        put_in_place(service_urls(admin_url, passwords))
        await house.migrate_all(say)
    else:
        async with house.at_hand(folder_of(data)):
            await house.migrate_all(say)
    say("Every table is as this version wants it.")


COMMANDS = (run, migrate)
