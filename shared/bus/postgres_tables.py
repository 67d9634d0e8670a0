"""The tables of the embedded bus: a log per partition, and where each group has got to."""

import struct
from collections.abc import Iterable
from typing import Final

import asyncpg

CHANNEL: Final = "heed_bus"
CREATION_LOCK: Final = 0x6865_6564_0002  # "heed", 2

# What a server that goes away looks like; also to asyncpg itself, which may be caught in the middle of an answer.
AWAY: Final = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)

# A partition's head and a group's place are updated at every batch: room on the page keeps those updates cheap.
TABLES: Final = """
CREATE TABLE IF NOT EXISTS bus_partition (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic text NOT NULL,
    number integer NOT NULL,
    next_offset bigint NOT NULL DEFAULT 0,
    UNIQUE (topic, number)
) WITH (fillfactor = 50);
CREATE TABLE IF NOT EXISTS bus_log (
    partition_id integer NOT NULL,
    "offset" bigint NOT NULL,
    key text NOT NULL,
    headers bytea NOT NULL,
    value bytea NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (partition_id, "offset")
);
CREATE TABLE IF NOT EXISTS bus_member (
    group_name text NOT NULL,
    id uuid NOT NULL,
    topics text[] NOT NULL,
    alive_until timestamptz NOT NULL,
    PRIMARY KEY (group_name, id)
);
CREATE TABLE IF NOT EXISTS bus_claim (
    group_name text NOT NULL,
    partition_id integer NOT NULL,
    member uuid,
    committed bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (group_name, partition_id)
) WITH (fillfactor = 50);
"""

ADD_PARTITIONS: Final = """
INSERT INTO bus_partition (topic, number)
SELECT want.topic, number FROM unnest($1::text[], $2::int[]) AS want(topic, count), generate_series(0, count - 1) number
ON CONFLICT DO NOTHING
"""

# Offsets are given under the lock of the partition's row, which is held until the commit: so they have no gaps, and
# whoever sees an offset sees all before it. The rows are locked in one order, whoever publishes what.
PUBLISH: Final = """
WITH fresh AS (
    SELECT * FROM unnest($1::int[], $2::text[], $3::bytea[], $4::bytea[])
        WITH ORDINALITY AS given(partition_id, key, headers, value, place)
), head AS MATERIALIZED (
    SELECT id, next_offset FROM bus_partition WHERE id = ANY($1::int[]) ORDER BY id FOR UPDATE
), moved AS (
    UPDATE bus_partition SET next_offset = head.next_offset + counted.messages
    FROM head JOIN (SELECT partition_id, count(*) AS messages FROM fresh GROUP BY 1) counted ON partition_id = head.id
    WHERE bus_partition.id = head.id
)
INSERT INTO bus_log (partition_id, "offset", key, headers, value)
SELECT partition_id, next_offset - 1 + row_number() OVER (PARTITION BY partition_id ORDER BY place), key, headers, value
FROM fresh JOIN head ON head.id = partition_id
"""

FETCH: Final = """
SELECT want.partition_id, found.* FROM unnest($1::int[], $2::bigint[], $3::int[]) AS want(partition_id, position, room)
CROSS JOIN LATERAL (
    SELECT "offset", key, headers, value FROM bus_log
    WHERE partition_id = want.partition_id AND "offset" >= position ORDER BY "offset" LIMIT room
) found
"""

# A lost commit only repeats messages, so it need not wait for the disk.
COMMIT: Final = """
UPDATE bus_claim SET committed = done.upto
FROM unnest($3::int[], $4::bigint[]) AS done(partition_id, upto),
    (SELECT set_config('synchronous_commit', 'off', true)) AS quick
WHERE group_name = $1 AND member = $2 AND bus_claim.partition_id = done.partition_id AND committed < done.upto
"""

LAG: Final = """
SELECT topic, number, committed, next_offset FROM bus_claim JOIN bus_partition ON id = partition_id
WHERE group_name = $1 ORDER BY topic, number
"""

# What a group has not read stays, however old: a laptop may sleep through the holidays.
PRUNE: Final = """
DELETE FROM bus_log USING (
    SELECT id, coalesce((SELECT min(committed) FROM bus_claim WHERE partition_id = id), next_offset) AS finished
    FROM bus_partition
) read
WHERE partition_id = read.id AND "offset" < finished AND at < now() - make_interval(days => $1)
"""

_LENGTHS: Final = struct.Struct(">HI")


def pack_headers(headers: Iterable[tuple[str, bytes]]) -> bytes:
    """Names and values one after the other, each pair behind its two lengths; order and repeats are kept."""
    packed = bytearray()
    for name, value in headers:
        encoded = name.encode()
        packed += _LENGTHS.pack(len(encoded), len(value)) + encoded + value
    return bytes(packed)


def unpack_headers(packed: bytes) -> tuple[tuple[str, bytes], ...]:
    headers, at = [], 0
    while at < len(packed):
        name_length, value_length = _LENGTHS.unpack_from(packed, at)
        at += _LENGTHS.size
        name, at = packed[at : at + name_length].decode(), at + name_length
        value, at = packed[at : at + value_length], at + value_length
        headers.append((name, value))
    return tuple(headers)


async def create_tables(connection: asyncpg.Connection) -> None:
    """Safe to run by several at once: CREATE … IF NOT EXISTS alone is not."""
    if await connection.fetchval("SELECT to_regclass('bus_claim') IS NOT NULL"):
        return
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", CREATION_LOCK)
        await connection.execute(TABLES)
