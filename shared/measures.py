"""What every service's database says of its health at each scrape: what waits, how long, and what was set aside."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import TextClause, text

from shared.bus.api import Bus
from shared.db import Database, Scope
from shared.telemetry import CONSUMER_LAG, MAILS, OUTBOX_AGE, OUTBOX_DEPTH, PARKED_KEYS, SEALER_DELAY, Measure

MAIL_STATES: Final = ("prepared", "sending", "unknown", "sent", "failed")


def house_measures(
    service: str, *, worker_db: Database, bus: Bus | None = None, consumer: str | None = None
) -> Mapping[str, Measure]:
    """The measures of the house tables, by name; of the bus too for a service that listens."""

    async def outbox() -> None:
        depth, age = await _row(worker_db, _OUTBOX)
        OUTBOX_DEPTH.labels(service).set(depth)
        OUTBOX_AGE.labels(service).set(age)

    async def sealer() -> None:
        (delay,) = await _row(worker_db, _SEALER)
        SEALER_DELAY.labels(service).set(delay)

    async def mails() -> None:
        found = await _rows(worker_db, _MAILS)
        for state in {*MAIL_STATES, *found}:
            MAILS.labels(service, state).set(found.get(state, 0))

    async def parked() -> None:
        found = await _rows(worker_db, _PARKED)
        for name in {*found, *([consumer] if consumer else [])}:
            PARKED_KEYS.labels(name).set(found.get(name, 0))

    measures: dict[str, Measure] = {"outbox": outbox, "sealer": sealer, "mails": mails, "parked": parked}
    if bus is not None and consumer is not None:
        measures["lag"] = _lag(bus, consumer)
    return measures


def _lag(bus: Bus, consumer: str) -> Measure:
    async def lag() -> None:
        behind: dict[str, int] = {}
        for partition in await bus.lag(consumer):
            behind[partition.topic] = behind.get(partition.topic, 0) + partition.messages
        for topic, messages in behind.items():
            CONSUMER_LAG.labels(consumer, topic).set(messages)

    return lag


_OUTBOX: Final = text("SELECT count(*), coalesce(extract(epoch FROM now() - min(created_at)), 0)::float FROM outbox")
_SEALER: Final = text(
    "SELECT coalesce(extract(epoch FROM now() - min(audit.at)), 0)::float "
    "FROM audit_unsealed JOIN audit ON audit.id = audit_unsealed.audit_id"
)
_MAILS: Final = text("SELECT state, count(*) FROM mail GROUP BY state")
_PARKED: Final = text("SELECT consumer, count(*) FROM parked_key GROUP BY consumer")


async def _row(db: Database, query: TextClause) -> tuple[float, ...]:
    async with db.begin(Scope()) as session:
        return tuple((await session.execute(query)).one())


async def _rows(db: Database, query: TextClause) -> dict[str, int]:
    async with db.begin(Scope()) as session:
        return {row[0]: row[1] for row in await session.execute(query)}
