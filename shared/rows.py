"""Rows of several tables written by one question to the database.

Each question costs a journey; a concern is a dozen rows in eight tables. PostgreSQL checks foreign keys when the
whole statement is done, so the rows may name one another; row-level security and triggers hold as for any INSERT.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import JSON, Table
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.ext.asyncio import AsyncSession

Row = Mapping[str, Any]
MOST_SHAPES: Final = 256
_DIALECT: Final = dialect()  # type: ignore[no-untyped-call]


async def write_rows(session: AsyncSession, rows: Iterable[tuple[Table, Row]]) -> None:
    """Insert them all, in the caller's transaction. Rows of one table have the same columns."""
    tables: dict[Table, list[Row]] = {}
    for table, row in rows:
        tables.setdefault(table, []).append(row)
    if not tables:
        return
    shape = tuple((table, tuple(given[0]), len(given)) for table, given in tables.items())
    statement, into = _statement(shape)
    values = [value for given in tables.values() for row in given for value in row.values()]
    # As the driver takes it: to have SQLAlchemy go through sixty parameters costs more than the database does.
    connection = await session.connection()
    sent = tuple(value if convert is None else convert(value) for convert, value in zip(into, values, strict=True))
    await connection.exec_driver_sql(statement, sent)


Convert = Callable[[Any], Any] | None


@lru_cache(MOST_SHAPES)
def _statement(shape: tuple[tuple[Table, tuple[str, ...], int], ...]) -> tuple[str, tuple[Convert, ...]]:
    """The statement, and what is to be done with each value. Names are ours, from the models; values are parameters."""
    parts: list[str] = []
    into: list[Convert] = []
    for place, (table, names, count) in enumerate(shape):
        columns = ", ".join(f'"{name}"' for name in names)
        lines = []
        for _ in range(count):
            types = [table.c[name].type for name in names]
            first = len(into) + 1
            into += [_as_json if isinstance(kind, JSON) else None for kind in types]
            named = enumerate((kind.compile(dialect=_DIALECT) for kind in types), first)
            lines.append("(" + ", ".join(f"${number}::{kind}" for number, kind in named) + ")")
        parts.append(f'w{place} AS (INSERT INTO "{table.name}" ({columns}) VALUES {", ".join(lines)})')  # noqa: S608
    return f"WITH {', '.join(parts)} SELECT 1", tuple(into)


def _as_json(value: Any) -> str:
    return json.dumps(value)
