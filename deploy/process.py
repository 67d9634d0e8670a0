"""What every process of Heed does, one service or all of them: open its door, work, and stop when it is asked to."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Coroutine, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Any, Final

import uvicorn
import uvloop
from sqlalchemy.exc import DBAPIError

from deploy.data_folder import Refused
from shared.service import Service
from shared.telemetry import MetricsServer

LAST_ANSWERS: Final = 3
LAST_WORK: Final = 6.0


def run(main: Coroutine[Any, Any, None]) -> None:
    """As asyncio.run, on a loop that takes a quarter less of the processor."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main)


def open_door(host: str, port: int) -> socket.socket:
    """Take the port before anything else is begun. Raises Refused when it is taken."""
    # asyncio's own loop sends at once (TCP_NODELAY) only where it is told that this is TCP. Else the body of an answer
    # waits up to 40 ms for the browser to confirm its head.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    door = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((host, port))
    except PermissionError:
        door.close()
        raise Refused(f"Port {port} is kept for the system. Take one from 1024 on: HEED_PORT=8000.") from None
    except OSError:
        door.close()
        raise Refused(
            f"Port {port} is taken by another program. Stop that one, or choose another: HEED_PORT={port + 1} make run"
        ) from None
    return door


@contextmanager
def asked_to_stop() -> Iterator[asyncio.Event]:
    """An event that Ctrl-C and a service manager set."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    try:
        yield stop
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


class _Door(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        # The signals are the house's: the database has to outlive the last answer.
        yield


async def answer(app: Any, door: socket.socket, stop: asyncio.Event) -> None:
    """Answer HTTP until `stop`, then finish what is being answered."""
    config = uvicorn.Config(
        app,
        http="httptools",
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=LAST_ANSWERS,
    )
    server = _Door(config)
    serving = asyncio.create_task(server.serve(sockets=[door]))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    server.should_exit = True
    stop.set()
    await serving


@asynccontextmanager
async def started(services: Iterable[Service]) -> AsyncIterator[None]:
    """Services with their connections open, each closed again, the last first, whatever happens in between."""
    async with AsyncExitStack() as open_ones:
        for service in services:
            # Closing what opened only half is safe; not closing it would leave connections behind.
            open_ones.push_async_callback(service.stop)
            await _start(service)
        yield


async def _start(service: Service) -> None:
    try:
        await service.start()
    except (OSError, DBAPIError) as problem:
        raise Refused(
            f"{service.name} cannot use its database ({type(problem).__name__}). Is PostgreSQL there, and has "
            "`heed migrate` been run? `heed doctor` looks at each login."
        ) from None


@asynccontextmanager
async def measured(services: Iterable[Service], *, host: str, port: int) -> AsyncIterator[None]:
    """Metrics on a port of their own, which the outside does not reach. Port 0: none."""
    if port == 0:
        yield
        return
    measures = {f"{service.name} {name}": ask for service in services for name, ask in service.measures.items()}
    server = MetricsServer(measures, host=host, port=port)
    try:
        await server.start()
    except OSError:
        raise Refused(f"Port {port} for metrics is taken. Choose another: HEED_METRICS_PORT={port + 1}.") from None
    try:
        yield
    finally:
        await server.stop()


@asynccontextmanager
async def at_work(services: Iterable[Service], stop: asyncio.Event, *, only: str | None = None) -> AsyncIterator[None]:
    """The services' workers run beside the block; when it ends they finish what they have begun."""
    working = [asyncio.create_task(service.work(stop, only=only), name=service.name) for service in services]
    try:
        yield
    finally:
        stop.set()
        _, late = await asyncio.wait(working, timeout=LAST_WORK)
        for task in late:
            # What it was at comes again: leases end, offsets were not committed, outbox rows are still there.
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)
