"""A million incidents searched by their words: `python -m bench.search` builds them, asks, and prints what it took.

In a PostgreSQL of its own that is gone afterwards. Each question is asked in turns in three ways: as Heed asks it (the
app's login under row-level security, words by `heed_said`), the same query by a superuser, for whom there is no
row-level security and who reads the table itself, and that bare query under row-level security.
`--write` puts the table into docs/performance.md. It ends with 1 when Heed takes more than three times the bare query.
"""

import asyncio
import secrets
import shutil
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import FromClause, Integer, Select, Text, Uuid, column, func, select, table

from deploy import databases
from deploy.embedded import EmbeddedPostgres
from services.incident.queries.reach import Who
from services.incident.queries.searching import ENGLISH, page_of, readable_hits, said
from shared.contracts.words import Assurance, Role
from shared.db import Database, Scope
from shared.identity import Staff

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
INCIDENTS = 1_000_000
PUPILS = 2_000
ROUNDS = 5
SERVICE = "incident"
SCHOOL = UUID("01937b5e-2a10-7c11-9a1e-5d2f6a0b1c21")
MOST_TIMES = 3.0
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "shared_buffers": "256MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "8GB",
}
QUESTIONS = {
    "a rare word": "bruises",
    "a phrase": '"walking home alone"',
    "two words": "playground bruise",
    "a common word": "playground",
}
ROLES = {"lead DSL": Role.LEAD_DSL, "SENCo": Role.SENCO}

# Keys and triggers are let off while the rows are made: they are sound, and a million checks are not what is measured.
BUILD = f"""
SET session_replication_role = replica;
CREATE TEMP TABLE chunk AS SELECT n, w.words FROM generate_series(0, 5010) n CROSS JOIN LATERAL (
    SELECT string_agg('word' || floor(power(random(), 2) * 20000), ' ') AS words FROM generate_series(1, 8 + n * 0)) w;
CREATE INDEX ON chunk (n);
CREATE TEMP TABLE made AS SELECT g, ('00000000-0000-7000-8000-' || lpad(to_hex(g), 12, '0'))::uuid AS id,
    now() - (interval '30 seconds' * ({INCIDENTS} - g)) AS at,
    a.words || CASE WHEN g % 20000 = 7 THEN ' a bruise on the arm' ELSE '' END
        || CASE WHEN g % 1000 = 3 THEN ' seen walking home alone' ELSE '' END
        || CASE WHEN g % 100 = 7 THEN ' in the playground ' ELSE ' ' END || b.words AS words
    FROM generate_series(1, {INCIDENTS}) g JOIN chunk a ON a.n = g % 5003 JOIN chunk b ON b.n = g % 4999;
INSERT INTO pupil (school_id, id, surname, forename, born, sex, year_group, search_words, enrolled_on, version)
    SELECT '{SCHOOL}', ('00000000-0000-7000-9000-' || lpad(to_hex(g), 12, '0'))::uuid, 'S', 'F', '2017-01-01', 'F', '4',
        ' f s f', '2021-09-01', 1 FROM generate_series(0, {PUPILS} - 1) g;
INSERT INTO incident (school_id, id, author_id, logged_at, urgent, state, sensitivity, revision, version)
    SELECT '{SCHOOL}', id, '{SCHOOL}', at, false, 'open', 1 + g % 3, 1, 1 FROM made;
INSERT INTO incident_pupil (school_id, incident_id, revision, pupil_id, position, part, year_group)
    SELECT '{SCHOOL}', id, 1, ('00000000-0000-7000-9000-' || lpad(to_hex(g % {PUPILS}), 12, '0'))::uuid, 0,
        'subject', '4' FROM made;
DROP INDEX said_by_words;
INSERT INTO said (school_id, incident_id, source, revision, author_id, words)
    SELECT '{SCHOOL}', id, 'narrative', 1, '{SCHOOL}', heed_words('{SCHOOL}', words) FROM made;
CREATE INDEX said_by_words ON said USING gin (words);
"""  # noqa: S608 - our own numbers


def main() -> None:
    report, worst = asyncio.run(measured())
    print(report)
    if "--write" in sys.argv[1:]:
        text = PAGE.read_text(encoding="utf-8")
        head, _, rest = text.partition("<!-- search -->\n")
        _, _, tail = rest.partition("<!-- end of search -->\n")
        PAGE.write_text(f"{head}<!-- search -->\n{report}\n<!-- end of search -->\n{tail}", encoding="utf-8")
    sys.exit(worst > MOST_TIMES)


async def measured() -> tuple[str, float]:
    folder = Path(tempfile.mkdtemp(prefix="heed-bench-"))
    server = EmbeddedPostgres(folder, settings=SETTINGS)
    try:
        admin_url = await server.start()
        passwords = {name: secrets.token_urlsafe(12) for name in databases.role_names((SERVICE,))}
        await databases.create(admin_url, passwords, services=(SERVICE,))

        def url(kind: str) -> str:
            name = f"heed_{SERVICE}_{kind}"
            account = databases.Account(name, passwords[name])
            return databases.url_for(admin_url, database=f"heed_{SERVICE}", account=account)

        await databases.migrate(SERVICE, url("migrator"))
        admin = databases.in_database(admin_url, f"heed_{SERVICE}")
        began = perf_counter()
        await _build(admin)
        built = perf_counter() - began
        return await _compared(Database(url("app")), Database(admin), built)
    finally:
        await server.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def _build(admin: str) -> None:
    connection = await asyncpg.connect(admin, command_timeout=600)
    try:
        await connection.execute(BUILD)
        # Each on its own: a vacuum runs in no transaction.
        for name in ("incident", "incident_pupil", "said", "pupil"):
            await connection.execute(f"VACUUM (FREEZE, ANALYZE) {name}")
    finally:
        await connection.close()


async def _compared(app: Database, bare: Database, built: float) -> tuple[str, float]:
    lines = [
        f"{INCIDENTS:,} incidents of one school, built in {built:.0f} s; median of {ROUNDS} rounds, in milliseconds;",
        "a page of 20 with the count.",
        "",
        "| who | what | hits | Heed | bare, no row-level security | times | bare, under it |",
        "|---|---|--:|--:|--:|--:|--:|",
    ]
    worst = 0.0
    for title, role in ROLES.items():
        who = Who(_staff(role))
        for what, words in QUESTIONS.items():
            ours = page_of(readable_hits(who, said(words)), limit=20, after=None)
            plain = page_of(readable_hits(who, _table_itself(words)), limit=20, after=None)
            times: dict[str, list[float]] = {"heed": [], "bare": [], "fenced": []}
            for turn in range(ROUNDS + 1):
                asked = [("heed", app, ours), ("bare", bare, plain), *([("fenced", app, plain)] if turn < 2 else [])]
                for name, database, query in asked:
                    taken, rows = await _timed(database, query)
                    if turn:
                        times[name].append(taken)
                    hits = rows[0][4] if rows else 0
            heed, alone, fenced = (median(taken) for taken in times.values())
            worst = max(worst, heed / alone)
            shown = f"{hits:,}" if hits <= 1_000 else "1,000+"
            took = f"{heed:.1f} | {alone:.1f} | {heed / alone:.2f} | {fenced:.0f}"
            lines.append(f"| {title} | {what} | {shown} | {took} |")
    await app.close()
    await bare.close()
    return "\n".join(lines), worst


async def _timed(database: Database, query: Select[Any]) -> tuple[float, Any]:
    async with database.begin(Scope(SCHOOL)) as session:
        began = perf_counter()
        rows = (await session.execute(query)).all()
        return (perf_counter() - began) * 1000, rows


def _table_itself(words: str) -> FromClause:
    columns = (column("incident_id", Uuid), column("source", Text), column("revision", Integer))
    words_said = table("said", column("school_id", Uuid), *columns, column("author_id", Uuid), column("words"))
    return (
        select(words_said.c.incident_id, words_said.c.source, words_said.c.revision, words_said.c.author_id)
        .where(
            words_said.c.school_id == SCHOOL,
            words_said.c.words.bool_op("@@")(func.websearch_to_tsquery(ENGLISH, words)),
        )
        .subquery("hit")
    )


def _staff(role: Role) -> Staff:
    return Staff(
        staff_id=UUID(int=1),
        session_id=UUID(int=2),
        trust_id=UUID(int=3),
        school_id=SCHOOL,
        roles=frozenset({role}),
        trust_roles=frozenset(),
        classes=frozenset(),
        assurance=Assurance.ELEVATED,
    )


if __name__ == "__main__":
    main()
