"""The two lines that keep a school's rows in the school, each taken away so that the other can be seen to hold.

A query names its school itself; row-level security lies underneath. `without_own_filter` rewrites every statement on
its way to PostgreSQL, `without_row_security` is a superuser's doing. With both away, rows must come through: that is
how the tests of the two lines are known to look where there is something to see.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final
from uuid import UUID

import asyncpg
import httpx
from fastapi import FastAPI
from sqlalchemy import event
from sqlalchemy.engine import Engine

Ask = Callable[[], Awaitable[httpx.Response]]
Probes = Mapping[str, Sequence[Ask]]
"""For each route ("GET /incidents"), what is asked of it."""
Answers = Mapping[str, Sequence[tuple[int, str]]]

_OWN_FILTER: Final = re.compile(r"\b(?:\w+\.)?school_id = (\$\d+)(?:::UUID)?", re.IGNORECASE)
# Tokens and vouchers are signed anew each time, and a session lasts from its last use.
_ANEW: Final = re.compile(r'"eyJ[^"]+"|"(expires_at|elevated_until)": ?"[^"]+"')


@contextmanager
def without_own_filter() -> Iterator[list[str]]:
    """Every comparison with a given school becomes true, in whatever way the statement was written."""
    rewritten: list[str] = []

    def rewrite(_conn: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> Any:
        # The parameter stays in use, for PostgreSQL wants to know the type of each.
        changed = _OWN_FILTER.sub(r"(\1::uuid IS NOT NULL)", statement)
        if changed != statement:
            rewritten.append(changed)
        return changed, parameters

    event.listen(Engine, "before_cursor_execute", rewrite, retval=True)
    try:
        yield rewritten
    finally:
        event.remove(Engine, "before_cursor_execute", rewrite)


@asynccontextmanager
async def without_row_security(admin_url: str) -> AsyncIterator[None]:
    connection = await asyncpg.connect(admin_url)
    try:
        rows = await connection.fetch(
            "SELECT oid::regclass::text AS name FROM pg_class "
            "WHERE relnamespace = 'public'::regnamespace AND relrowsecurity"
        )
        fenced = [row["name"] for row in rows]
        assert fenced
        try:
            for name in fenced:
                await connection.execute(f"ALTER TABLE {name} DISABLE ROW LEVEL SECURITY")
            yield
        finally:
            for name in fenced:
                await connection.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
    finally:
        await connection.close()


async def answers(probes: Probes) -> Answers:
    found: dict[str, list[tuple[int, str]]] = {}
    for route, asks in probes.items():
        for ask in asks:
            answer = await ask()
            assert answer.status_code < 500, (route, answer.text)
            found.setdefault(route, []).append((answer.status_code, _ANEW.sub('"anew"', answer.text)))
    return found


def naming(found: Answers, ids: Iterable[UUID]) -> list[str]:
    """The routes in whose answers one of these ids stands."""
    names = [str(one) for one in ids]
    assert names
    return [route for route, given in found.items() if any(name in text for _, text in given for name in names)]


def routes(api: FastAPI) -> set[str]:
    found = {
        f"{method} {route.path}" for router in api.state.routers for route in router.routes for method in route.methods
    }
    assert len(found) > 5
    return found
