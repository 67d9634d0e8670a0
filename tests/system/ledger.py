"""What the databases and the bus of a house say in the end, read as administrator: what promises are held to."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from deploy.databases import SERVICES
from deploy.native.processes import Processes
from shared.bus import connect
from shared.bus.api import Bus

TOPICS = {"alerting": ("heed.auth.v1", "heed.incident.v1"), "incident": ("heed.alerting.v1",)}


@dataclass(frozen=True, slots=True)
class MailRow:
    alert_id: UUID
    staff_id: UUID
    message_id: str
    state: str


class Ledger:
    def __init__(self, house: Processes, bus: Bus) -> None:
        self._house = house
        self._bus = bus

    async def rows(self, service: str, query: str, *given: Any) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self._house.admin_url(service))
        try:
            return list(await connection.fetch(query, *given))
        finally:
            await connection.close()

    async def incidents(self, school_id: UUID) -> set[UUID]:
        rows = await self.rows("incident", "SELECT id FROM incident WHERE school_id = $1", school_id)
        return {row["id"] for row in rows}

    async def numbers(self, school_id: UUID) -> list[int]:
        query = "SELECT number FROM incident_number WHERE school_id = $1 ORDER BY number"
        return [row["number"] for row in await self.rows("incident", query, school_id)]

    async def audited(self, school_id: UUID) -> Counter[UUID]:
        """How often an incident was written into the audit as logged."""
        query = "SELECT about_id FROM audit WHERE school_id = $1 AND action = 'incident:logged'"
        return Counter(row["about_id"] for row in await self.rows("incident", query, school_id))

    async def alerts(self, school_id: UUID) -> Counter[tuple[UUID, UUID]]:
        query = "SELECT incident_id, staff_id FROM alert WHERE school_id = $1"
        rows = await self.rows("alerting", query, school_id)
        return Counter((row["incident_id"], row["staff_id"]) for row in rows)

    async def readers(self, school_id: UUID) -> set[tuple[UUID, UUID]]:
        query = "SELECT incident_id, staff_id FROM reader WHERE school_id = $1"
        return {(row["incident_id"], row["staff_id"]) for row in await self.rows("incident", query, school_id)}

    async def alert_ids(self, school_id: UUID) -> set[UUID]:
        return {
            row["id"] for row in await self.rows("alerting", "SELECT id FROM alert WHERE school_id = $1", school_id)
        }

    async def mails(self, school_id: UUID) -> list[MailRow]:
        query = "SELECT link, staff_id, message_id, state FROM mail WHERE school_id = $1"
        rows = await self.rows("alerting", query, school_id)
        return [
            MailRow(UUID(row["link"].rpartition("/")[2]), row["staff_id"], row["message_id"], row["state"])
            for row in rows
        ]

    async def unfinished(self) -> dict[str, int]:
        """What still moves somewhere in the house: empty when it is quiet."""
        found: dict[str, int] = {}
        for service in SERVICES:
            (row,) = await self.rows(service, "SELECT count(*) AS waiting FROM outbox")
            found[f"{service} outbox"] = row["waiting"]
        (row,) = await self.rows(
            "alerting", "SELECT count(*) AS waiting FROM mail WHERE state NOT IN ('sent', 'failed')"
        )
        found["mails"] = row["waiting"]
        for group in TOPICS:
            found[f"{group} lag"] = sum(lag.messages for lag in await self._bus.lag(group))
        return {name: count for name, count in found.items() if count}

    async def parked(self) -> dict[str, int]:
        found = {}
        for service in SERVICES:
            (row,) = await self.rows(
                service, "SELECT (SELECT count(*) FROM parked_key) + (SELECT count(*) FROM parked_event) AS parked"
            )
            found[service] = row["parked"]
        return {name: count for name, count in found.items() if count}

    async def until_quiet(self, *, within: float = 30.0) -> None:
        deadline = asyncio.get_running_loop().time() + within
        while waiting := await self.unfinished():
            assert asyncio.get_running_loop().time() < deadline, f"still not quiet after {within:.0f} s: {waiting}"
            await asyncio.sleep(0.2)


@asynccontextmanager
async def ledger_of(house: Processes) -> AsyncIterator[Ledger]:
    bus = connect(house.bus_url, client_id="test-ledger")
    for group, topics in TOPICS.items():
        # Not started: it tells the bus what the group listens to, or a group that never committed would lag nowhere.
        bus.consumer(group, topics)
    try:
        yield Ledger(house, bus)
    finally:
        await bus.close()
