"""What every service is made of: an HTTP API with the house's defaults, and its workers beside it."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import structlog
from fastapi import APIRouter, Depends, FastAPI
from fastapi.responses import JSONResponse

from shared.edge import install
from shared.identity import Verifier, public
from shared.logging import describe
from shared.settings import HouseSettings

STOP_SECONDS: Final = 10.0
Check = Callable[[], Awaitable[None]]
log = structlog.get_logger()


class Worker(Protocol):
    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set, then finish what is begun and return."""


class Opens(Protocol):
    async def start(self) -> None: ...
    async def stop(self) -> None: ...


@dataclass
class Service:
    """One service: its API, its workers by name (relay, consumer, sender, sealer) and what it opens and closes."""

    name: str
    api: FastAPI
    workers: Mapping[str, Worker] = field(default_factory=dict)
    on_start: Sequence[Callable[[], Awaitable[None]]] = ()
    on_stop: Sequence[Callable[[], Awaitable[None]]] = ()
    measures: Mapping[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)

    async def start(self) -> None:
        for step in self.on_start:
            await step()

    async def stop(self) -> None:
        for step in self.on_stop:
            await step()

    async def work(self, stop: asyncio.Event, *, only: str | None = None) -> None:
        """Run the workers until `stop` is set; one that fails is begun again, the others go on. Ends within 10 s."""
        chosen = {name: worker for name, worker in self.workers.items() if only in {None, name}}
        tasks = [asyncio.create_task(self._keep(name, worker, stop)) for name, worker in chosen.items()]
        await stop.wait()
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=STOP_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _keep(self, name: str, worker: Worker, stop: asyncio.Event) -> None:
        pause = 0.1
        while not stop.is_set():
            try:
                await worker.run(stop)
            except Exception as problem:
                log.error("a worker failed and is begun again", service=self.name, worker=name, **describe(problem))
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), pause)
                pause = min(pause * 2, 5.0)


def create_api(
    name: str,
    *,
    routers: Sequence[APIRouter],
    verifier: Verifier | None,
    checks: Mapping[str, Check],
    settings: HouseSettings,
    **options: Any,
) -> FastAPI:
    """An API with health, problems, trace, metrics and body limits. `checks` are what readiness asks, by name."""
    # FastAPI's own telemetry logs exception text, which may be what somebody wrote.
    api = FastAPI(
        title=f"Heed {name}", version="1", docs_url=None, redoc_url=None, telemetry={"logs": False}, **options
    )
    api.state.verifier = verifier
    api.state.settings = settings
    health = _health(checks)
    api.state.routers = (health, *routers)
    for router in api.state.routers:
        # As they are, and not as routers within a router: each of those is gone through twice for every request.
        api.router.routes.extend(router.routes)
    install(api, service=name)
    return api


def _health(checks: Mapping[str, Check]) -> APIRouter:
    router = APIRouter(prefix="/health", tags=["health"], dependencies=[Depends(public())])

    @router.get("/live", summary="Whether this process runs")
    async def live() -> dict[str, str]:
        return {"status": "live"}

    @router.get("/ready", summary="Whether it can do its work, and what is missing")
    async def ready() -> JSONResponse:
        missing = [found for found in await asyncio.gather(*map(_missing, checks.items())) if found]
        status = {"status": "not ready", "missing": missing} if missing else {"status": "ready"}
        return JSONResponse(status, status_code=503 if missing else 200)

    return router


async def _missing(check: tuple[str, Check]) -> str | None:
    name, ask = check
    try:
        await asyncio.wait_for(ask(), 3)
    except Exception:
        return name
    return None
