"""Rows of several tables written by one question to the database.

Each question costs a journey; a concern is a dozen rows in eight tables. PostgreSQL checks foreign keys when the
whole statement is done, so the rows may name one another; row-level security and triggers hold as for any INSERT.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Table, TextClause, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

Row = Mapping[str, Any]
MOST_SHAPES: Final = 256


async def write_rows(session: AsyncSession, rows: Iterable[tuple[Table, Row]]) -> None:
    """Insert them all, in the caller's transaction. Rows of one table have the same columns."""
    tables: dict[Table, list[Row]] = {}
    for table, row in rows:
        tables.setdefault(table, []).append(row)
    if not tables:
        return
    shape = tuple((table, tuple(given[0]), len(given)) for table, given in tables.items())
    values = {
        f"t{place}_{number}_{name}": value
        for place, given in enumerate(tables.values())
        for number, row in enumerate(given)
        for name, value in row.items()
    }
    await session.execute(_statement(shape), values)


@lru_cache(MOST_SHAPES)
def _statement(shape: tuple[tuple[Table, tuple[str, ...], int], ...]) -> TextClause:
    """Names of tables and columns are ours, from the models; every value is a parameter."""
    parts, parameters = [], []
    for place, (table, names, count) in enumerate(shape):
        columns = ", ".join(f'"{name}"' for name in names)
        lines = []
        for number in range(count):
            keys = [f"t{place}_{number}_{name}" for name in names]
            parameters += [bindparam(key, type_=table.c[name].type) for key, name in zip(keys, names, strict=True)]
            lines.append("(" + ", ".join(f":{key}" for key in keys) + ")")
        parts.append(f'w{place} AS (INSERT INTO "{table.name}" ({columns}) VALUES {", ".join(lines)})')  # noqa: S608
    return text(f"WITH {', '.join(parts)} SELECT 1").bindparams(*parameters)
