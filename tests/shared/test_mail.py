"""The mail queue: a row of the caller's transaction, which wakes the sender after the commit and names nobody."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError

from shared.db import Database, Scope
from shared.mail import MailKind, queue_mail
from tests.conftest import Cluster

pytestmark = pytest.mark.postgres

OAKFIELD, MEADOW, HADDAD = uuid4(), uuid4(), uuid4()


@pytest.fixture
async def db(empty_cluster: Cluster) -> AsyncIterator[Database]:
    database = empty_cluster.database("house")
    yield database
    await database.close()


async def queue(db: Database, school_id: UUID = OAKFIELD, path: str = "/alerts/1") -> UUID:
    async with db.begin(Scope(OAKFIELD)) as session:
        return await queue_mail(session, kind=MailKind.ALERT, school_id=school_id, staff_id=HADDAD, path=path)


async def test_r79_a_mail_is_queued_in_the_callers_transaction_and_wakes_after_its_commit(
    empty_cluster: Cluster, db: Database
) -> None:
    woken: list[str] = []
    db.on_mail(lambda: woken.append("sender"))
    db.on_publish(lambda: woken.append("relay"))
    with pytest.raises(RuntimeError):
        async with db.begin(Scope(OAKFIELD)) as session:
            await queue_mail(session, kind=MailKind.ALERT, school_id=OAKFIELD, staff_id=HADDAD, path="/alerts/1")
            assert woken == []
            raise RuntimeError
    assert woken == []
    mail_id = await queue(db)
    assert woken == ["sender"]
    worker = await asyncpg.connect(empty_cluster.url("house", "worker"))
    (row,) = await worker.fetch("SELECT * FROM mail")
    await worker.close()
    assert (row["id"], row["school_id"], row["staff_id"]) == (mail_id, OAKFIELD, HADDAD)
    assert (row["state"], row["attempts"], row["bytes"], row["kind"]) == ("prepared", 0, None, "alert")
    assert len(row["message_id"]) == 32


async def test_a_mail_of_another_school_is_refused_by_the_database(db: Database) -> None:
    with pytest.raises(DBAPIError, match="row-level security"):
        await queue(db, MEADOW)


@pytest.mark.parametrize("path", ["https://elsewhere.example/", "//elsewhere.example/", "alerts/1", ""])
async def test_a_mail_never_leads_out_of_heed(db: Database, path: str) -> None:
    with pytest.raises(ValueError, match="path of Heed"):
        await queue(db, path=path)
