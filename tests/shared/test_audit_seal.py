"""The sealer: every row numbered once, whoever writes, whoever else seals, and wherever it is cut off."""

import asyncio
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text

from shared import audit_seal
from shared.audit_log import Numbered
from shared.audit_seal import BATCH, Sealer
from shared.bus import postgres_tables
from shared.db import Scope
from shared.ids import new_id
from tests.shared.sealed import ORIGIN, SealedLog

pytestmark = pytest.mark.postgres


def test_the_lock_is_the_sealers_own() -> None:
    assert audit_seal.LOCK not in {postgres_tables.CREATION_LOCK, 0x6865_6564_0001}


async def whole(log: SealedLog, rows: int) -> None:
    """So many rows, each numbered once, in trees that verify, and nothing left to seal."""
    report = await log.verify(pinned=await log.public_keys())
    assert report.faults == []
    assert report.rows == rows
    assert sum(school.waiting for school in report.schools) == 0
    assert await log.ask("SELECT count(*) FROM audit") == rows
    ids = [entry.audit_id async for entry in log.entries() if isinstance(entry, Numbered)]
    assert len(ids) == len(set(ids)) == rows


async def sealed_until_done(sealer: Sealer, log: SealedLog) -> None:
    async with asyncio.timeout(60):
        while await log.ask("SELECT count(*) FROM audit_unsealed"):
            await sealer.seal()


async def test_writers_at_once_in_two_schools_are_each_numbered_once_while_two_sealers_run(log: SealedLog) -> None:
    stop = asyncio.Event()
    sealers = [Sealer(worker_db=log.worker, signer=log.keys, origin=ORIGIN, poll_seconds=0.01) for _ in range(2)]
    running = [asyncio.create_task(sealer.run(stop)) for sealer in sealers]
    schools = [log.school, new_id()]
    await asyncio.gather(*(log.write(25, school=schools[writer % 2]) for writer in range(8)))
    await sealed_until_done(log.sealer(), log)
    stop.set()
    await asyncio.gather(*running)
    await whole(log, 200)
    per_school = "SELECT count(*) FROM audit_leaf WHERE school_id = $1"
    assert [await log.ask(per_school, school) for school in schools] == [100, 100]


async def test_a_transaction_that_commits_late_is_sealed_in_the_next_pass(log: SealedLog) -> None:
    slow = await asyncpg.connect(log.cluster.admin("house"))
    transaction = slow.transaction()
    await transaction.start()
    await slow.execute(
        "INSERT INTO audit (id, school_id, at, actor, action, about_kind, pupil_ids, elevated, details) "
        "VALUES ($1, $2, now(), 'operator', 'x', 'x', '{}', false, '{}')",
        new_id(),
        log.school,
    )
    await log.write_sealed(3)
    await transaction.commit()
    await slow.close()
    assert await log.sealer().seal() == 1
    await whole(log, 4)


async def test_more_rows_than_a_batch_take_several_passes(log: SealedLog) -> None:
    rows = BATCH + 7
    await log.tamper(
        "INSERT INTO audit (id, school_id, at, actor, action, about_kind, pupil_ids, elevated, details) "
        "SELECT (lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint), 12, '0') || '70008' || "
        "lpad(to_hex(n), 15, '0'))::uuid, $1, now(), 'operator', 'x', 'x', '{}', false, '{}' "
        "FROM generate_series(1, $2::int) n",
        log.school,
        rows,
    )
    assert await log.sealer().seal() == rows
    assert await log.ask("SELECT count(*) FROM audit_checkpoint") == 2
    await whole(log, rows)


@pytest.mark.parametrize("statement", ["INSERT INTO audit_leaf", "DELETE FROM", "INSERT INTO audit_check"])
async def test_a_pass_cut_off_anywhere_leaves_nothing_half_done(
    log: SealedLog, statement: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await log.write_sealed(3)
    await log.write(4)
    worker = log.cluster.database("house", "worker")
    sealer = Sealer(worker_db=worker, signer=log.keys, origin=ORIGIN)
    begun = worker.begin

    def cut_off(scope: Scope) -> Any:
        return _Cut(begun(scope), statement, log.cluster.admin("house"))

    monkeypatch.setattr(worker, "begin", cut_off)
    # The server ends the connection right after the statement, as a crash of either side would.
    with pytest.raises(Exception, match=r"(?i)terminat|closed|connection"):
        await sealer.seal()
    await worker.close()
    assert await log.ask("SELECT count(*) FROM audit_leaf") == 3
    assert await log.ask("SELECT count(*) FROM audit_checkpoint") == 1
    assert await log.ask("SELECT count(*) FROM audit_unsealed") == 4
    assert await log.sealer().seal() == 4
    await whole(log, 7)


class _Cut:
    """A transaction whose connection is killed by the administrator after a given statement."""

    def __init__(self, inner: Any, statement: str, admin_url: str) -> None:
        self._inner, self._statement, self._admin_url = inner, statement, admin_url

    async def __aenter__(self) -> Any:
        session = await self._inner.__aenter__()
        pid = (await session.execute(text("SELECT pg_backend_pid()"))).scalar_one()
        execute = session.execute

        async def then_kill(query: Any, *values: Any, **rest: Any) -> Any:
            result = await execute(query, *values, **rest)
            if str(query).startswith(self._statement):
                connection = await asyncpg.connect(self._admin_url)
                await connection.execute("SELECT pg_terminate_backend($1, 5000)", pid)
                await connection.close()
            return result

        session.execute = then_kill
        return session

    async def __aexit__(self, *raised: Any) -> Any:
        return await self._inner.__aexit__(*raised)


async def test_while_one_seals_another_stands_back_and_takes_over(log: SealedLog) -> None:
    await log.write(2)
    leader = await asyncpg.connect(log.cluster.admin("house"))
    transaction = leader.transaction()
    await transaction.start()
    await leader.execute("SELECT pg_advisory_xact_lock($1)", audit_seal.LOCK)
    assert await log.sealer().seal() == 0
    await transaction.rollback()
    await leader.close()
    assert await log.sealer().seal() == 2
    await whole(log, 2)


async def test_two_sealers_in_turn_grow_one_tree(log: SealedLog) -> None:
    one, other = log.sealer(), log.sealer()
    for sealer, rows in ((one, 3), (other, 2), (one, 1), (one, 4), (other, 5)):
        await log.write(rows)
        assert await sealer.seal() == rows
    assert (one.rows, other.rows) == (8, 7)
    await whole(log, 15)


async def test_a_key_rotated_between_two_passes_signs_the_next(log: SealedLog) -> None:
    sealer = log.sealer()
    for _ in range(4):
        await log.write(2)
        await sealer.seal()
        await log.keys.rotate()
    await whole(log, 8)
    notes = await log.ask("SELECT array_agg(split_part(note, '\u2014 ', 2) ORDER BY size) FROM audit_checkpoint")
    signed_by = {note.split(" ")[1][:5] for note in notes}
    assert len(signed_by) == 4


async def test_what_was_written_until_the_stop_is_sealed_before_it(log: SealedLog) -> None:
    stop = asyncio.Event()
    sealer = Sealer(worker_db=log.worker, signer=log.keys, origin=ORIGIN, poll_seconds=3600)
    running = asyncio.create_task(sealer.run(stop))
    await log.write(3)
    stop.set()
    await running
    await whole(log, 3)


async def test_one_schools_ruined_tree_does_not_hold_up_the_others(log: SealedLog) -> None:
    other = new_id()
    await log.write_sealed(3)
    await log.tamper("DELETE FROM audit_leaf WHERE school_id = $1 AND seq = 1", log.school)
    await log.tamper("DELETE FROM audit_checkpoint WHERE school_id = $1", log.school)
    sealer = log.sealer()
    await log.write(1)
    await log.write(2, school=other)
    async with asyncio.timeout(30):
        while await log.ask("SELECT count(*) FROM audit_leaf WHERE school_id = $1", other) < 2:
            await sealer.seal()
    assert await log.ask("SELECT count(*) FROM audit_unsealed WHERE school_id = $1", log.school) == 1
    faults = (await log.verify()).faults
    assert {fault.school_id for fault in faults} == {log.school}
    assert (await sealer.waiting()).rows == 1
