"""Rows of several tables written by one question to the database.

Each question costs a journey; a concern is a dozen rows in eight tables. PostgreSQL checks foreign keys when the
whole statement is done, so the rows may name one another; row-level security and triggers hold as for any INSERT.

The rows of a table travel as one JSON text: the statement is then the same however many there are, and is prepared
once, and neither side goes through a hundred parameters.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Column, Table
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.schema import ColumnElementColumnDefault

from shared.db import ask

Row = Mapping[str, Any]
MOST_SHAPES: Final = 256
_DIALECT: Final = dialect()  # type: ignore[no-untyped-call]
_NOTHING: Final[Mapping[Table, str]] = MappingProxyType({})


async def write_rows(
    session: AsyncSession, rows: Iterable[tuple[Table, Row]], *, on_conflict: Mapping[Table, str] = _NOTHING
) -> None:
    """Insert them all, in the caller's transaction. Rows of one table have the same columns.

    `on_conflict`: of a table what is to be done about a row that is there already, as SQL (`DO NOTHING`).
    """
    tables: dict[Table, list[Row]] = {}
    for table, row in rows:
        tables.setdefault(table, []).append(row)
    if tables:
        shape = tuple((table, tuple(given[0]), on_conflict.get(table, "")) for table, given in tables.items())
        await ask(session, _statement(shape), *map(as_json, tables.values()))


@lru_cache(MOST_SHAPES)
def _statement(shape: tuple[tuple[Table, tuple[str, ...], str], ...]) -> str:
    return f"WITH {', '.join(parts(shape))} SELECT 1"


def parts(shape: Iterable[tuple[Table, tuple[str, ...], str]]) -> Iterable[str]:
    """An INSERT for each table, of parameters $1, $2 …, to stand in a WITH. Names are ours, from the models."""
    for number, (table, names, conflict) in enumerate(shape, 1):
        columns = ", ".join(f'"{name}"' for name in names)
        kinds = ", ".join(f'"{name}" {table.c[name].type.compile(dialect=_DIALECT)}' for name in names)
        made = {column.name: _made_there(column) for column in table.c if column.name not in names}
        others = "".join(f', "{name}"' for name, how in made.items() if how)
        how = "".join(f", {how}" for how in made.values() if how)
        found = f"SELECT {columns}{how} FROM json_to_recordset(${number}::json) AS r ({kinds})"  # noqa: S608
        instead = f" ON CONFLICT {conflict}" if conflict else ""
        yield f'w{number} AS (INSERT INTO "{table.name}" ({columns}{others}) {found}{instead})'


def _made_there(column: Column[Any]) -> str:
    """A value that the model leaves to the database, such as its own time."""
    default = column.default
    return str(default.arg.compile(dialect=_DIALECT)) if isinstance(default, ColumnElementColumnDefault) else ""


def as_json(value: Any) -> str:
    """As PostgreSQL reads it into columns: ids and times as text, bytes in its own hexadecimal form."""
    return json.dumps(value, default=_in_words, allow_nan=False)


def _in_words(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no form in a row")
