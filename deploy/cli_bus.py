"""`heed bus lag|parked|replay`: how far the services are behind, what was set aside, and taking it up again."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Annotated, Any, cast
from uuid import UUID

import typer

from deploy.cli_options import FOUND_SOMETHING, Data, folder_of
from deploy.data_folder import Refused
from deploy.screen import bars, say, table
from shared.bus.parking import ParkedKey, parked_keys
from shared.bus.replay import Replay
from shared.db import Database

app = typer.Typer(
    name="bus",
    help="Events between the services: how far each is behind, what was set aside, and taking it up again.\n\n"
    "An event that fails again and again is set aside with its key (the pupil, incident or person it is about). Later "
    "events of that key wait behind it, in order; everything else flows on. Put right what made it fail, then replay.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


@dataclass(frozen=True)
class Listener:
    """A service that listens: its name in the bus, what it reads, and its two logins to its own database."""

    consumer: str
    topics: Sequence[str]
    handlers: Mapping[Any, Any]
    db: Database
    worker_db: Database

    async def close(self) -> None:
        await self.db.close()
        await self.worker_db.close()


@asynccontextmanager
async def _listeners(data: Data) -> AsyncIterator[dict[str, Listener]]:
    from deploy import building, databases, house  # noqa: PLC0415 - help texts need not wait for it

    async with AsyncExitStack() as rooms:
        await rooms.enter_async_context(house.at_hand(folder_of(data)))
        found = {}
        for service in databases.SERVICES:
            if find_spec(f"services.{service}.handlers") is None:
                continue
            handlers = import_module(f"services.{service}.handlers")
            settings = cast(Any, building.settings_of(service))
            logins = [settings.database_url, settings.worker_database_url]
            db, worker_db = (Database(url.get_secret_value(), name=f"{service}-bus-command") for url in logins)
            listener = Listener(handlers.CONSUMER, handlers.TOPICS, handlers.HANDLERS, db, worker_db)
            rooms.push_async_callback(listener.close)
            found[listener.consumer] = listener
        yield found


def lag(data: Data = None) -> None:
    """How many events each service has still to take, per topic.

    A few that come and go are the normal life of the bus. A number that only grows means that a service does not run,
    or that its database is away: see `heed doctor`, and its log.
    """
    asyncio.run(_lag(data))


async def _lag(data: Data) -> None:
    from deploy import house  # noqa: PLC0415

    async with _listeners(data) as listeners, house.bus() as bus:
        rows = []
        for name, listener in listeners.items():
            # Not started: it only tells the bus what this group reads, for a group that never committed anything.
            bus.consumer(name, listener.topics)
            behind: dict[str, int] = dict.fromkeys(listener.topics, 0)
            for partition in await bus.lag(name):
                behind[partition.topic] = behind.get(partition.topic, 0) + partition.messages
            rows += [(name, topic, count) for topic, count in behind.items()]
    table("service", "topic", "events behind", rows=rows)


def parked(data: Data = None) -> None:
    """Every key that was set aside, since when, why, and how many events wait. Exit code 3 when there is one.

    The reason is the kind of the fault and its place in the code; what the event says is never shown.
    """
    if asyncio.run(_parked(data)):
        raise typer.Exit(FOUND_SOMETHING)


async def _parked(data: Data) -> bool:
    async with _listeners(data) as listeners:
        found = [key for one in listeners.values() for key in await parked_keys(one.worker_db, one.consumer)]
    if not found:
        say("Nothing is set aside.")
        return False
    _show(found)
    say("Put right what is named as the reason, then: heed bus replay SERVICE --all (or --key KEY)")
    return True


def _show(keys: Sequence[ParkedKey]) -> None:
    rows = [(k.consumer, k.topic, k.key, f"{k.since:%Y-%m-%d %H:%M}", k.events, k.attempts, k.reason) for k in keys]
    table("service", "topic", "key", "since (UTC)", "events", "tries", "reason", rows=rows)


def replay(
    consumer: Annotated[str, typer.Argument(help="The service that set it aside, as `heed bus parked` names it.")],
    key: Annotated[UUID | None, typer.Option(help="Only this key. `heed bus parked` lists them.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every key of this service.")] = False,
    data: Data = None,
) -> None:
    """Take up what was set aside: the events of a key in order, each its effect once; then the key flows again.

    Safe while the service runs, and safe to repeat. Stops at an event that fails again and leaves it and what is behind
    it where they were; the other keys go on. Exit code 3 when a key remains set aside.
    """
    if (key is None) == (not every):
        raise Refused("Say which: --key KEY for one (see `heed bus parked`), or --all.")
    if asyncio.run(_replay(consumer, key, data)):
        raise typer.Exit(FOUND_SOMETHING)


async def _replay(consumer: str, key: UUID | None, data: Data) -> bool:
    async with _listeners(data) as listeners:
        if consumer not in listeners:
            raise Refused(f"No service listens as {consumer}. There are: {', '.join(listeners)}.")
        one = listeners[consumer]
        chosen = [found for found in await parked_keys(one.worker_db, consumer) if key in {None, found.key}]
        if key is not None and not chosen:
            raise Refused(f"{consumer} has not set {key} aside. See: heed bus parked")
        if not chosen:
            say("Nothing is set aside.")
            return False
        remain = await _replay_keys(one, chosen)
    say(f"{len(chosen) - remain} of {len(chosen)} keys flow again.")
    return remain > 0


async def _replay_keys(one: Listener, chosen: Sequence[ParkedKey]) -> int:
    """How many remain."""
    again = Replay(consumer=one.consumer, db=one.db, worker_db=one.worker_db, handlers=one.handlers)
    failed = []
    with bars() as steps:
        steps.begin("Events taken up", sum(found.events for found in chosen))
        for found in chosen:
            reason = await again.run(found, taken=steps.advance)
            if reason is not None:
                failed.append((found.topic, found.key, reason))
    if failed:
        table("topic", "key", "failed again", rows=failed)
    return len(failed)


for command in (lag, parked, replay):
    app.command()(command)
