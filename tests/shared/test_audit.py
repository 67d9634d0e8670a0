"""The audit row: of the caller's transaction, of ids and words of ours, and never without its read."""

from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncSession

from shared import audit
from shared.audit import LONGEST_REASON, canonical
from shared.contracts.words import Assurance, Role
from shared.db import TRUST_LOG, Scope
from shared.ids import new_id
from tests.issuer import member
from tests.shared.sealed import SealedLog

postgres = pytest.mark.postgres


async def record(log: SealedLog, **changes: Any) -> None:
    given_: dict[str, Any] = {
        "action": "incident:read",
        "school_id": log.school,
        "actor": "operator",
        "about_kind": "incident",
        "about_id": None,
    }
    async with log.app.begin(Scope(log.school)) as session:
        await audit.record(session, **{**given_, **changes})


async def nowhere(**changes: Any) -> None:
    """Into no database: what is refused is refused before anything is asked of one."""
    fine: dict[str, Any] = {"action": "x", "school_id": new_id(), "actor": "operator", "about_kind": "x"}
    await audit.record(AsyncSession(), about_id=None, **{**fine, **changes})


async def rows(log: SealedLog) -> int:
    return int(await log.ask("SELECT count(*) FROM audit"))


@postgres
async def test_a_row_says_who_did_what_about_whom_and_how_sure_we_were(log: SealedLog) -> None:
    staff = member(log.school, Role.LEAD_DSL, assurance=Assurance.ELEVATED)
    pupils = [new_id(), new_id()]
    about = new_id()
    await record(
        log, staff=staff, about_id=about, pupil_ids=[*pupils, pupils[0]], reason="Asked for.", details={"n": 1}
    )
    connection = await asyncpg.connect(log.cluster.admin("house"))
    row = await connection.fetchrow("SELECT * FROM audit")
    await connection.close()
    assert row is not None
    assert (row["actor"], row["staff_id"], row["session_id"]) == ("staff", staff.staff_id, staff.session_id)
    assert (row["about_id"], row["pupil_ids"], row["reason"]) == (about, sorted(pupils), "Asked for.")
    assert (row["assurance"], row["elevated"], row["details"]) == ("elevated", True, '{"n": 1}')


@postgres
async def test_the_row_lives_and_dies_with_the_transaction(log: SealedLog) -> None:
    with pytest.raises(RuntimeError):
        async with log.app.begin(Scope(log.school)) as session:
            await audit.record(
                session, action="x", school_id=log.school, actor="operator", about_kind="x", about_id=None
            )
            raise RuntimeError("whatever was to be read with it")
    assert await rows(log) == 0
    assert await log.ask("SELECT count(*) FROM audit_unsealed") == 0


@postgres
async def test_a_row_of_the_trust_is_written_from_a_school_and_one_of_another_school_is_not(log: SealedLog) -> None:
    await record(log, school_id=TRUST_LOG)
    with pytest.raises(ProgrammingError, match="row-level security"):
        await record(log, school_id=new_id())
    assert await rows(log) == 1


@postgres
@pytest.mark.parametrize("role", ["app", "worker", "reporter", "backup"])
@pytest.mark.parametrize("change", ["UPDATE audit SET reason = NULL", "DELETE FROM audit", "TRUNCATE audit"])
async def test_nobody_who_works_with_it_may_change_it(log: SealedLog, role: str, change: str) -> None:
    await record(log)
    connection = await asyncpg.connect(log.cluster.url("house", role))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(change)
    await connection.close()


NAMES = ["Rowan", "rowan adeyemi", "Zoë", "o'brien", "ROWAN", "", " ", "a\nb", "x" * 65, "Ünal", "r@school.example"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("place", ["details", "details_name", "action", "about_kind", "actor"])
async def test_what_could_be_a_name_is_refused_and_not_repeated(name: str, place: str) -> None:
    changes: dict[str, dict[str, Any]] = {
        "details": {"details": {"who": name}},
        "details_name": {"details": {name: 1}},
    }
    with pytest.raises(ValueError, match="audit: ") as refused:
        await nowhere(**changes.get(place, {place: name}))
    assert not name.strip() or name not in str(refused.value)


@pytest.mark.parametrize("value", [1.5, [1], {"a": 1}, b"x", object()])
async def test_details_hold_no_more_than_words_and_whole_numbers(value: object) -> None:
    with pytest.raises(ValueError, match="is neither an id"):
        await nowhere(details={"n": value})


@pytest.mark.parametrize("reason", ["x" * (LONGEST_REASON + 1), "a\x00b", "\ud800"])
async def test_a_reason_that_no_database_could_keep_is_refused(reason: str) -> None:
    with pytest.raises(ValueError, match="a reason has at most"):
        await nowhere(reason=reason)


@postgres
async def test_any_reason_that_is_kept_hashes_alike_when_it_is_read_again(log: SealedLog) -> None:
    for reason in ("Zoë said “no” – twice", "🙂", "a\tb\r\nc", "\u2028", '"\\', "\x7f\x01", "e\u0301 \u00e9"):
        await log.write(1, reason=reason)
    await log.sealer().seal()
    report = await log.verify()
    assert report.faults == []
    assert report.rows == 7


# How long it takes is this machine's affair, not the payload's.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.text(), min_size=2))
def test_one_payload_has_one_spelling(payload: dict[str, Any]) -> None:
    turned = dict(reversed(payload.items()))
    assert canonical(turned) == canonical(payload)
    assert canonical(payload).isascii()
