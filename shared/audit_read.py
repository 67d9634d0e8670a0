"""The sealed audit of one service, read from its database as entries: in one snapshot, in constant memory.

The backup login may read all of it, the worker login all but the keys. Nothing here writes.
"""

import base64
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC
from types import SimpleNamespace
from typing import Any, Final, Self
from uuid import UUID

import asyncpg

from shared.audit import PAYLOAD_COLUMNS, payload
from shared.audit_log import Entry, Numbered, SchoolLog, Signed, Unnumbered
from shared.signed_note import NoteKey

AT_ONCE: Final = 1000
TABLES: Final = ("audit", "audit_leaf", "audit_checkpoint", "audit_unsealed")

_COLUMNS: Final = ", ".join(f"a.{name}" for name in PAYLOAD_COLUMNS.split(", "))
_NUMBERED: Final = (
    f"SELECT l.seq, l.audit_id, l.leaf, {_COLUMNS}, a.details::text AS details_text "  # noqa: S608 - our own names
    "FROM audit_leaf l LEFT JOIN audit a ON a.id = l.audit_id WHERE l.school_id = $1 ORDER BY l.seq"
)
_UNNUMBERED: Final = (
    f"SELECT u.audit_id AS waiting_id, {_COLUMNS}, a.details::text AS details_text "  # noqa: S608 - our own names
    "FROM (SELECT * FROM audit WHERE school_id = $1) a "
    "FULL JOIN (SELECT * FROM audit_unsealed WHERE school_id = $1) u ON u.audit_id = a.id "
    "WHERE NOT EXISTS (SELECT FROM audit_leaf l WHERE l.audit_id = coalesce(a.id, u.audit_id)) "
    "ORDER BY coalesce(a.id, u.audit_id)"
)
_CHECKPOINTS: Final = (
    "SELECT size, root, frontier, note, at FROM audit_checkpoint WHERE school_id = $1 AND size > $2 "
    "ORDER BY size LIMIT 1000"
)
_NEWEST: Final = (
    "SELECT size, root, frontier, note, at FROM audit_checkpoint WHERE school_id = $1 ORDER BY size DESC LIMIT 1"
)
_KEYS: Final = "SELECT public FROM signing_key WHERE purpose = 'checkpoint' ORDER BY created_at"


async def keys_of(url: str, origin: str) -> tuple[NoteKey, ...]:
    """The public keys of a service's checkpoints, retired ones too, the oldest first. The app's or backup's login."""
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch(_KEYS)
    finally:
        await connection.close()
    return tuple(_key(origin, row["public"]) for row in rows)


def _key(origin: str, jwk: str) -> NoteKey:
    encoded = json.loads(jwk)["x"]
    return NoteKey(origin, base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))


class AuditReader:
    """What one snapshot of a service's database holds. Made by `opened`."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    @classmethod
    @asynccontextmanager
    async def opened(cls, url: str) -> AsyncIterator[Self]:
        connection = await asyncpg.connect(url, server_settings={"timezone": "UTC", "application_name": "heed audit"})
        try:
            # What is sealed meanwhile is of the next look: leaves and checkpoints must be of one moment.
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                yield cls(connection)
        finally:
            await connection.close()

    async def schools(self) -> Sequence[UUID]:
        """Every school that has a row, a leaf, a checkpoint or a row that waits; from the indexes, not the rows."""
        found: set[UUID] = set()
        for table in TABLES:
            last: UUID | None = UUID(int=0)
            query = f"SELECT school_id FROM {table} WHERE school_id >= $1 ORDER BY school_id LIMIT 1"  # noqa: S608
            while last := await self._connection.fetchval(query, last):
                found.add(UUID(str(last)))
                if last.int == (1 << 128) - 1:
                    break
                last = UUID(int=last.int + 1)
        return sorted(found)

    async def rows(self) -> int:
        """About how many there are to read, for a progress bar."""
        total = await self._connection.fetchval(
            "SELECT (SELECT count(*) FROM audit_leaf) + (SELECT count(*) FROM audit_unsealed)"
        )
        return int(total)

    async def entries(self, school_id: UUID) -> AsyncIterator[Entry]:
        yield SchoolLog(school_id)
        checkpoints = self._checkpoints(school_id)
        coming = await anext(checkpoints, None)
        async for record in self._connection.cursor(_NUMBERED, school_id, prefetch=AT_ONCE):
            while coming is not None and coming.size < record["seq"]:
                yield coming
                coming = await anext(checkpoints, None)
            yield Numbered(record["seq"], str(record["audit_id"]), record["leaf"], _row(record))
        while coming is not None:
            yield coming
            coming = await anext(checkpoints, None)
        async for record in self._connection.cursor(_UNNUMBERED, school_id, prefetch=AT_ONCE):
            row = _row(record)
            waiting = record["waiting_id"]
            yield Unnumbered(str(waiting or record["id"]), waiting is not None, row)

    async def newest_checkpoint(self, school_id: UUID) -> Signed | None:
        record = await self._connection.fetchrow(_NEWEST, school_id)
        return None if record is None else _signed(record)

    async def _checkpoints(self, school_id: UUID) -> AsyncIterator[Signed]:
        size = -1
        while records := await self._connection.fetch(_CHECKPOINTS, school_id, size):
            for record in records:
                yield _signed(record)
            size = records[-1]["size"]


def _row(record: Any) -> dict[str, Any] | None:
    return None if record["id"] is None else payload(SimpleNamespace(**record))


def _signed(record: Any) -> Signed:
    at = record["at"].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return Signed(record["size"], record["root"], record["frontier"], record["note"], at)
