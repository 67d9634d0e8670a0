"""Rows of several tables in one question: what comes out is what went in, and the database's own rules hold."""

from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError

from shared import audit, mail, outbox
from shared.contracts.incident import PupilLeft
from shared.db import Database, Scope, ask
from shared.ids import new_id
from shared.mail import MailKind
from shared.rows import as_json, write_rows
from tests.conftest import Cluster

pytestmark = pytest.mark.postgres

SCHOOL = UUID(int=7)
REASON = 'Line\none, "two" and \\three\\ 🙂 \x1f end'


async def test_rows_of_several_tables_come_out_as_they_went_in(empty_cluster: Cluster) -> None:
    db, pupils = Database(empty_cluster.url("house")), sorted(new_id() for _ in range(2))
    noted = [
        audit.row(
            action="pupil:left",
            school_id=SCHOOL,
            actor="operator",
            about_kind="pupil",
            about_id=pupils[0],
            pupil_ids=given,
            reason=reason,
            details={"count": 3, "of": None},
        )
        for given, reason in ((pupils, REASON), ([], None))
    ]
    letter = mail.row(MailKind.ALERT, SCHOOL, new_id(), "/alerts/1")
    event = outbox.row(PupilLeft(pupil_id=pupils[0]), school_id=SCHOOL, version=1)
    before = datetime.now(UTC)
    async with db.begin(Scope(SCHOOL)) as session:
        await write_rows(session, [*((audit.audit, row) for row in noted), (mail.mail, letter), (outbox.outbox, event)])
    connection = await asyncpg.connect(empty_cluster.admin("house"))
    rows = await connection.fetch("SELECT *, details::text FROM audit ORDER BY id")
    assert [(r["pupil_ids"], r["reason"], r["at"]) for r in rows] == [
        (row["pupil_ids"], row["reason"], row["at"]) for row in noted
    ]
    assert rows[0]["details"] == '{"of": null, "count": 3}'
    [sent] = await connection.fetch("SELECT * FROM mail")
    # Left to the database's own clock.
    assert sent["next_try_at"] >= before.replace(microsecond=0)
    assert await connection.fetchval("SELECT body FROM outbox") == event["body"]
    await connection.close()
    await db.close()


async def test_bytes_survive(empty_cluster: Cluster) -> None:
    db, every = Database(empty_cluster.url("house")), bytes(range(256))
    async with db.begin(Scope(SCHOOL)) as session:
        question = "SELECT bytes FROM json_to_recordset($1::json) AS r (bytes bytea)"
        assert await ask(session, question, as_json([{"bytes": every}])) == [(every,)]
    await db.close()


async def test_a_row_of_another_school_is_refused_and_takes_the_others_with_it(empty_cluster: Cluster) -> None:
    db = Database(empty_cluster.url("house"))
    ours, theirs = (mail.row(MailKind.ALERT, school, new_id(), "/alerts/1") for school in (SCHOOL, UUID(int=8)))
    with pytest.raises(DBAPIError, match="row-level security"):
        async with db.begin(Scope(SCHOOL)) as session:
            await write_rows(session, [(mail.mail, ours), (mail.mail, theirs)])
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        async with db.begin(Scope(SCHOOL)) as session:
            await ask(session, "SELECT 1")
            await write_rows(session, [(mail.mail, ours), (mail.mail, theirs)])
    connection = await asyncpg.connect(empty_cluster.admin("house"))
    assert await connection.fetchval("SELECT count(*) FROM mail") == 0
    await connection.close()
    await db.close()


async def test_a_row_that_is_there_already_is_dealt_with_as_was_said(empty_cluster: Cluster) -> None:
    db = Database(empty_cluster.url("house"))
    first = mail.row(MailKind.ALERT, SCHOOL, new_id(), "/alerts/1")
    again = {**first, "link": "/alerts/2"}
    for row in (first, again):
        async with db.begin(Scope(SCHOOL)) as session:
            await write_rows(session, [(mail.mail, row)], on_conflict={mail.mail: "DO NOTHING"})
    connection = await asyncpg.connect(empty_cluster.admin("house"))
    assert await connection.fetch("SELECT link FROM mail") == [("/alerts/1",)]
    await connection.close()
    await db.close()
