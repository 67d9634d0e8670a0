"""Metrics for Prometheus, on a port of their own that the outside does not reach. Labels are our words, never data."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

REGISTRY: Final = CollectorRegistry()

REQUESTS: Final = Histogram(
    "heed_request_seconds",
    "Time from a request's first byte to its answer",
    ["service", "method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
    registry=REGISTRY,
)
EVENTS: Final = Counter(
    "heed_events_total", "Events handled by outcome", ["consumer", "event_type", "outcome"], registry=REGISTRY
)
OUTBOX_DEPTH: Final = Gauge("heed_outbox_depth", "Events waiting in the outbox", ["service"], registry=REGISTRY)
OUTBOX_AGE: Final = Gauge("heed_outbox_age_seconds", "Age of the oldest waiting event", ["service"], registry=REGISTRY)
CONSUMER_LAG: Final = Gauge("heed_consumer_lag", "Messages not yet taken", ["consumer", "topic"], registry=REGISTRY)
PARKED_KEYS: Final = Gauge("heed_parked_keys", "Keys set aside after a failed event", ["consumer"], registry=REGISTRY)
UNREAD_ALERTS: Final = Gauge("heed_unread_alerts", "Unread alerts by age", ["age"], registry=REGISTRY)
MAILS: Final = Gauge("heed_mails", "Mails by state", ["service", "state"], registry=REGISTRY)
SEALER_DELAY: Final = Gauge(
    "heed_sealer_delay_seconds", "Age of the oldest audit row that is not sealed", ["service"], registry=REGISTRY
)
NOBODY_TO_TELL: Final = Counter(
    "heed_nobody_to_tell_total", "Incidents of a school with no head and no DSL", registry=REGISTRY
)

Measure = Callable[[], Awaitable[None]]
"""Sets some gauges from what the database says now."""


class MetricsServer:
    """Answers `GET /metrics` and nothing else. Measures are asked at each scrape, so an idle house asks nothing."""

    def __init__(self, measures: Mapping[str, Measure], *, host: str, port: int) -> None:
        self._measures = measures
        self._host = host
        self._port = port
        self._server: asyncio.Server | None = None

    async def start(self) -> int:
        """Returns the port, chosen free when 0 was asked for."""
        self._server = await asyncio.start_server(self._answer, self._host, self._port)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            line = await asyncio.wait_for(reader.readline(), 5)
            if line.startswith(b"GET /metrics"):
                await self.measure()
                body, status = generate_latest(REGISTRY), "200 OK"
            else:
                body, status = b"", "404 Not Found"
            head = f"HTTP/1.1 {status}\r\nContent-Type: {CONTENT_TYPE_LATEST}\r\nContent-Length: {len(body)}\r\n"
            writer.write(head.encode() + b"Connection: close\r\n\r\n" + body)
            await writer.drain()
        except (OSError, TimeoutError):
            pass
        finally:
            writer.close()

    async def measure(self) -> None:
        # A part that cannot be asked must not hide the others.
        await asyncio.gather(*(measure() for measure in self._measures.values()), return_exceptions=True)
