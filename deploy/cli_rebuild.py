"""`heed rebuild`: a service that comes later, or lost its database, makes its copies again."""

import asyncio
from contextlib import AsyncExitStack
from importlib import import_module
from importlib.util import find_spec
from typing import Annotated, Any, cast

import typer

from deploy.cli_house import ServiceName
from deploy.cli_options import Data, folder_of
from deploy.data_folder import Refused
from deploy.screen import bars, say
from shared.bus.failures import reason_of
from shared.db import Database
from shared.errors import Unavailable
from shared.peers import Peers, ServiceTokens
from shared.rebuild import TRUST, Rebuild


def rebuild(service: Annotated[ServiceName, typer.Argument(help="Whose copies.")], data: Data = None) -> None:
    """Make a service's copies of what others own again: staff, groups and shields, or who may read what.

    For a service that comes later or lost its database: the bus keeps events for days, their owners keep the present
    state for ever. Safe while the house runs and safe to repeat: what is newer is never overwritten by what is older.
    In production the owners are asked over HTTP (HEED_AUTH_URL and so on); a house on this machine need not run.
    """
    asyncio.run(_rebuild(service.value, data))


async def _rebuild(name: str, data: Data) -> None:
    from deploy import building, house  # noqa: PLC0415 - help texts need not wait for it
    from shared import logging  # noqa: PLC0415

    # Services that answer here log their requests, which are not what a person at a terminal asked for.
    logging.configure(name, level="warning")
    async with AsyncExitStack() as rooms:
        await rooms.enter_async_context(house.at_hand(folder_of(data)))
        owners = _owners(name)
        settings = cast(Any, building.settings_of(name))
        peers = building.peers_by_url(settings) if settings.auth_url else await _all_here(rooms)
        rooms.push_async_callback(peers.close)
        db = Database(settings.database_url.get_secret_value(), name=f"{name}-rebuild")
        rooms.push_async_callback(db.close)
        handlers = import_module(f"services.{name}.handlers").HANDLERS
        tokens = ServiceTokens(peers, name=name, secret=settings.service_secret.get_secret_value())
        taken = await _take(Rebuild(db=db, handlers=handlers, peers=peers, tokens=tokens), owners)
    say(f"{name} took in {taken} facts from {' and '.join(owners)}. Its copies are as they are there.")


def _owners(name: str) -> tuple[str, ...]:
    """Whose snapshots a service's copies come from. Raises Refused for a service without copies."""
    owners: tuple[str, ...] = ()
    if find_spec(f"services.{name}.handlers") is not None:
        owners = getattr(import_module(f"services.{name}.handlers"), "SNAPSHOTS", ())
    if not owners:
        raise Refused(f"{name} keeps no copies of what others own, so there is nothing to rebuild.")
    return owners


async def _all_here(rooms: AsyncExitStack) -> Peers:
    """A house in one process: its services answer here, without their workers."""
    from deploy import building, house  # noqa: PLC0415
    from deploy.process import started  # noqa: PLC0415

    bus = await rooms.enter_async_context(house.bus())
    services = building.all_in_one(bus)
    await rooms.enter_async_context(started(services.values()))
    peers = Peers()
    for name, service in services.items():
        peers.register(name, service.api)
    return peers


async def _take(again: Rebuild, owners: tuple[str, ...]) -> int:
    taken = 0
    try:
        schools = await again.schools()
        with bars() as steps:
            for owner in owners:
                steps.begin(f"Schools, from {owner}", len(schools) + (owner == TRUST))
                taken += await again.take(owner, schools, turned=steps.advance)
    except Unavailable as problem:
        raise Refused(f"{problem.detail} Nothing is lost: start it, and run this again.") from None
    except Exception as problem:
        raise Refused(
            f"It stopped after {taken} facts ({reason_of(problem)}). What was taken in is kept; see `heed doctor`, "
            "and run this again."
        ) from None
    return taken


COMMANDS = (rebuild,)
