"""Waiting until what one service has told has come to those who listen: asked of the bus, never slept over."""

import asyncio
from collections.abc import Mapping
from time import monotonic
from typing import Final

from shared.bus.api import Bus
from shared.service import Service
from shared.telemetry import REGISTRY

PATIENCE: Final = 120.0
ASK_EVERY: Final = 0.05


class StillBehind(Exception):  # noqa: N818 - said to an operator
    """Somebody who listens has not taken what was told; the demonstration cannot go on without it."""


async def caught_up(services: Mapping[str, Service], bus: Bus, *, tellers: tuple[str, ...], consumer: str) -> None:
    """Until the tellers' outboxes are empty and this consumer has taken all that is on the bus.

    Raises StillBehind when nothing has moved for PATIENCE seconds.
    """
    last, since = -1.0, monotonic()
    while True:
        waiting = sum([await _in_outbox(services[name]) for name in tellers])
        behind = waiting + sum(partition.messages for partition in await bus.lag(consumer))
        if not behind:
            return
        if behind != last:
            last, since = behind, monotonic()
        if monotonic() - since > PATIENCE:
            raise StillBehind(f"{consumer} is {behind:.0f} events behind and does not move")
        await asyncio.sleep(ASK_EVERY)


async def _in_outbox(service: Service) -> float:
    """By the service's own measure, as Prometheus would read it."""
    await service.measures["outbox"]()
    return REGISTRY.get_sample_value("heed_outbox_depth", {"service": service.name}) or 0.0
