"""Tampering of each kind, done as superuser past every right: each is found, and named at its place."""

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.audit import PAYLOAD_COLUMNS, canonical
from shared.audit_faults import Fault, What
from shared.audit_log import Numbered
from shared.audit_read import AuditReader
from shared.audit_seal import log_origin
from shared.ids import new_id
from shared.merkle import leaf_hash
from shared.signed_note import Checkpoint, NoteSigner, open_note
from tests.shared.sealed import ORIGIN, SERVICE, SealedLog

pytestmark = pytest.mark.postgres

# Rows 1 to 4, 5 to 7, 8 to 9 and 10, under a checkpoint each.
PASSES = (4, 3, 2, 1)

OTHERS = {
    "id": "gen_random_uuid()",
    "school_id": "gen_random_uuid()",
    "at": "at - interval '1 minute'",
    "actor": "'staff'",
    "staff_id": "gen_random_uuid()",
    "session_id": "gen_random_uuid()",
    "action": "'incident:own_read'",
    "about_kind": "'pupil'",
    "about_id": "gen_random_uuid()",
    "pupil_ids": "array[gen_random_uuid()]",
    "reason": "'Another reason.'",
    "assurance": "'elevated'",
    "elevated": "true",
    "break_glass": "gen_random_uuid()",
    "trace_id": "repeat('0', 32)",
    "details": """'{"revision": 7}'""",
}


def places(faults: list[Fault]) -> list[tuple[What, int | None, int | None]]:
    return [(fault.what, fault.seq, fault.until) for fault in faults]


async def test_a_log_nobody_touched_is_whole_and_what_waits_is_no_fault(log: SealedLog) -> None:
    other = new_id()
    await log.write_sealed(*PASSES)
    await log.write_sealed(2, school=other)
    await log.write(3)
    report = await log.verify(pinned=await log.public_keys())
    assert report.faults == []
    assert report.unpinned == []
    assert {school.school_id: (school.rows, school.checkpoints, school.waiting) for school in report.schools} == {
        log.school: (10, 4, 3),
        other: (2, 1, 0),
    }
    mine = next(school for school in report.schools if school.school_id == log.school)
    assert mine.waiting_since is not None
    assert datetime.now(UTC) - mine.waiting_since < timedelta(minutes=1)


def test_every_column_is_changed_once_below() -> None:
    assert set(OTHERS) == {*PAYLOAD_COLUMNS.split(", "), "details"}


@pytest.mark.parametrize("column", OTHERS)
async def test_a_changed_column_is_found_in_its_row(log: SealedLog, column: str) -> None:
    await log.write_sealed(*PASSES)
    row_id = await log.row_id(6)
    await log.tamper(f"UPDATE audit SET {column} = {OTHERS[column]} WHERE id = $1", row_id)
    first = (await log.verify()).first
    assert first is not None
    # A row under another id is, for its leaf, gone; and under its new one it was never sealed.
    assert first.what is (What.GONE if column == "id" else What.CHANGED)
    assert (first.school_id, first.seq, first.audit_id) == (log.school, 6, str(row_id))
    assert str(row_id) in str(first)


async def test_the_first_bad_row_is_named_first_and_all_are_counted(log: SealedLog) -> None:
    await log.write_sealed(*PASSES)
    for seq in (9, 2, 6):
        await log.tamper("UPDATE audit SET elevated = true WHERE id = $1", await log.row_id(seq))
    report = await log.verify()
    assert places(report.faults) == [(What.CHANGED, seq, None) for seq in (2, 6, 9)]
    assert report.count == 3
    assert report.rows == 10


async def test_a_row_taken_away_leaves_its_leaf(log: SealedLog) -> None:
    await log.write_sealed(*PASSES)
    row_id = await log.row_id(3)
    await log.tamper("DELETE FROM audit WHERE id = $1", row_id)
    report = await log.verify()
    assert [(fault.what, fault.seq, fault.audit_id) for fault in report.faults] == [(What.GONE, 3, str(row_id))]


@pytest.mark.parametrize("seq", [1, 3, 4, 6, 10])
async def test_a_row_taken_away_with_its_leaf_leaves_a_hole(log: SealedLog, seq: int) -> None:
    await log.write_sealed(*PASSES)
    row_id = await log.row_id(seq)
    await log.tamper("DELETE FROM audit_leaf WHERE audit_id = $1", row_id)
    await log.tamper("DELETE FROM audit WHERE id = $1", row_id)
    assert places((await log.verify()).faults) == [(What.MISSING, seq, seq)]


async def test_rows_behind_a_gap_closed_up_are_found(log: SealedLog) -> None:
    await log.write_sealed(*PASSES)
    row_id = await log.row_id(6)
    await log.tamper("DELETE FROM audit_leaf WHERE audit_id = $1", row_id)
    await log.tamper("DELETE FROM audit WHERE id = $1", row_id)
    for seq in range(7, 11):
        await log.tamper("UPDATE audit_leaf SET seq = seq - 1 WHERE school_id = $1 AND seq = $2", log.school, seq)
    first = (await log.verify()).first
    assert first is not None
    assert first.what is What.CHANGED_WITH_LEAF
    assert (first.seq, first.until) == (5, 6)


async def test_a_row_slipped_in_under_an_old_date_is_found_once_it_is_sealed(log: SealedLog) -> None:
    await log.write_sealed(*PASSES)
    old = datetime.now(UTC) - timedelta(days=3)
    row_id = new_id()
    columns = PAYLOAD_COLUMNS.replace("id, school_id, at, ", "", 1)
    await log.tamper(
        f"INSERT INTO audit (id, school_id, at, {columns}, details) "
        f"SELECT $1, school_id, $2, {columns}, details FROM audit WHERE school_id = $3 LIMIT 1",
        row_id,
        old,
        log.school,
    )
    assert await log.sealer().seal() == 1
    report = await log.verify()
    assert [(fault.what, fault.seq, fault.audit_id) for fault in report.faults] == [(What.BACKDATED, 11, str(row_id))]


async def test_an_id_made_to_match_the_old_date_does_not_help(log: SealedLog) -> None:
    await log.write_sealed(*PASSES)
    old = datetime.now(UTC) - timedelta(days=3)
    milliseconds = int(old.timestamp() * 1000)
    forged = f"{milliseconds:012x}"
    row_id = f"{forged[:8]}-{forged[8:]}-7000-8000-000000000001"
    await log.tamper(
        f"INSERT INTO audit (id, school_id, at, actor, action, about_kind, pupil_ids, elevated, details) "
        f"VALUES ('{row_id}', '{log.school}', '{old.isoformat()}', 'operator', 'x', 'x', '{{}}', false, '{{}}')"
    )
    assert await log.sealer().seal() == 1
    report = await log.verify()
    assert [(fault.what, fault.seq, fault.audit_id) for fault in report.faults] == [(What.BACKDATED, 11, row_id)]


async def test_a_row_put_in_past_the_sealer_is_found(log: SealedLog) -> None:
    await log.write_sealed(*PASSES)
    await log.write(1)
    row_id = await log.ask("SELECT audit_id FROM audit_unsealed")
    await log.tamper("DELETE FROM audit_unsealed")
    report = await log.verify()
    assert [(fault.what, fault.audit_id) for fault in report.faults] == [(What.NEVER_SEALED, str(row_id))]


async def test_a_row_taken_away_before_it_was_sealed_is_found(log: SealedLog) -> None:
    await log.write_sealed(*PASSES)
    await log.write(2)
    row_id = await log.ask("SELECT audit_id FROM audit_unsealed ORDER BY 1 LIMIT 1")
    await log.tamper("DELETE FROM audit WHERE id = $1", row_id)
    report = await log.verify()
    assert [(fault.what, fault.audit_id) for fault in report.faults] == [(What.GONE_UNSEALED, str(row_id))]
    assert report.schools[0].waiting == 1


async def swap(log: SealedLog, one: int, other: int) -> None:
    for source, target in ((one, 0), (other, one), (0, other)):
        await log.tamper("UPDATE audit_leaf SET seq = $3 WHERE school_id = $1 AND seq = $2", log.school, source, target)


@pytest.mark.parametrize(("one", "other"), [(2, 3), (1, 4), (3, 6)])
async def test_two_rows_swapped_are_named_at_the_first(log: SealedLog, one: int, other: int) -> None:
    await log.write_sealed(*PASSES)
    moved = await log.row_id(other)
    await swap(log, one, other)
    first = (await log.verify()).first
    assert first is not None
    assert (first.what, first.seq, first.audit_id) == (What.MOVED, one, str(moved))


async def test_a_changed_leaf_is_told_apart_from_a_changed_row(log: SealedLog) -> None:
    await log.write_sealed(*PASSES)
    await log.tamper(
        "UPDATE audit_leaf SET leaf = sha256(leaf) WHERE school_id = $1 AND seq = ANY ($2)", log.school, [6, 10]
    )
    assert places((await log.verify()).faults) == [(What.LEAF_CHANGED, 6, None), (What.LEAF_CHANGED, 10, None)]


async def change_with_leaf(log: SealedLog, seq: int) -> None:
    row_id = await log.row_id(seq)
    await log.tamper("UPDATE audit SET reason = 'It was somebody else.' WHERE id = $1", row_id)
    async with AuditReader.opened(log.cluster.url(SERVICE, "backup")) as reader:
        async for entry in reader.entries(log.school):
            if isinstance(entry, Numbered) and entry.seq == seq:
                assert entry.row is not None
                leaf = leaf_hash(canonical(entry.row))
    await log.tamper("UPDATE audit_leaf SET leaf = $2 WHERE audit_id = $1", row_id, leaf)


@pytest.mark.parametrize(
    ("seq", "until"),
    # As close as the signed tree's right edge tells: 7 is 4 + 2 + 1, and 10 is 8 + 2.
    [((1, 4), 2), ((5, 6), 6), ((7, 7), 7), ((8, 8), 8), ((9, 9), 9), ((10, 10), 10)],
)
async def test_a_row_changed_together_with_its_leaf_is_found_by_the_root(
    log: SealedLog, seq: tuple[int, int], until: int
) -> None:
    await log.write_sealed(*PASSES)
    await change_with_leaf(log, until)
    assert places((await log.verify()).faults) == [(What.CHANGED_WITH_LEAF, *seq)]


@pytest.mark.parametrize(("size", "following"), [(4, 7), (7, 9), (9, 10)])
async def test_a_checkpoint_taken_from_the_middle_is_a_hole(log: SealedLog, size: int, following: int) -> None:
    await log.write_sealed(*PASSES)
    await log.tamper("DELETE FROM audit_checkpoint WHERE school_id = $1 AND size = $2", log.school, size)
    assert places((await log.verify()).faults) == [(What.HOLE, following, None)]


async def test_the_last_checkpoint_taken_away_leaves_rows_that_nobody_signs(log: SealedLog) -> None:
    await log.write_sealed(*PASSES)
    await log.tamper("DELETE FROM audit_checkpoint WHERE school_id = $1 AND size >= 9", log.school)
    assert places((await log.verify()).faults) == [(What.UNSIGNED, 8, 10)]
    # And when more was sealed since, by a sealer that began anew, the hole stays.
    await log.write_sealed(1)
    assert places((await log.verify()).faults) == [(What.HOLE, 11, None)]


async def test_a_checkpoint_signed_with_another_key_is_a_strangers(log: SealedLog) -> None:
    await log.write_sealed(*PASSES)
    text = open_note(await log.note(7), await log.public_keys())
    forged = NoteSigner(ORIGIN, Ed25519PrivateKey.generate()).sign(text)
    await log.tamper("UPDATE audit_checkpoint SET note = $2 WHERE school_id = $1 AND size = 7", log.school, forged)
    assert places((await log.verify()).faults) == [(What.STRANGER, 7, None)]


async def test_a_changed_root_edge_or_time_beside_the_note_is_found(log: SealedLog) -> None:
    await log.write_sealed(*PASSES)
    for size, change in (
        (4, "root = sha256(root)"),
        (7, "frontier = sha256(frontier)"),
        (9, "at = at - interval '1 hour'"),
    ):
        await log.tamper(f"UPDATE audit_checkpoint SET {change} WHERE school_id = $1 AND size = {size}", log.school)
    assert places((await log.verify()).faults) == [
        (What.BESIDE, 4, None),
        (What.EDGE, 7, None),
        (What.BESIDE, 9, None),
    ]


async def test_a_changed_size_is_found(log: SealedLog) -> None:
    await log.write_sealed(*PASSES)
    await log.tamper("UPDATE audit_checkpoint SET size = 8 WHERE school_id = $1 AND size = 7", log.school)
    assert places((await log.verify()).faults) == [(What.BESIDE, 8, None)]


@pytest.mark.parametrize(("old", "new"), [("after 4", "after 3"), ("\n7\n", "\n6\n"), ("heed/house/", "heed/horse/")])
async def test_a_changed_note_has_a_false_signature(log: SealedLog, old: str, new: str) -> None:
    await log.write_sealed(*PASSES)
    note = await log.note(7)
    assert old in note
    changed = note.replace(old, new, 1)
    await log.tamper("UPDATE audit_checkpoint SET note = $2 WHERE school_id = $1 AND size = 7", log.school, changed)
    assert places((await log.verify()).faults) == [(What.SIGNATURE, 7, None)]


async def test_a_note_that_is_none_and_a_note_of_another_school_are_found(log: SealedLog) -> None:
    other = new_id()
    await log.write_sealed(*PASSES)
    await log.write_sealed(4, school=other)
    theirs = await log.ask("SELECT note FROM audit_checkpoint WHERE school_id = $1 AND size = 4", other)
    for size, note in ((4, theirs), (7, "rubbish")):
        await log.tamper(
            "UPDATE audit_checkpoint SET note = $2 WHERE school_id = $1 AND size = $3", log.school, note, size
        )
    assert places((await log.verify()).faults) == [(What.NOTE, 4, None), (What.NOTE, 7, None)]


async def cut_off(log: SealedLog, after: int) -> None:
    ids = "SELECT audit_id FROM audit_leaf WHERE school_id = $1 AND seq > $2"
    await log.tamper(f"DELETE FROM audit WHERE id IN ({ids})", log.school, after)
    await log.tamper("DELETE FROM audit_leaf WHERE school_id = $1 AND seq > $2", log.school, after)
    await log.tamper("DELETE FROM audit_checkpoint WHERE school_id = $1 AND size > $2", log.school, after)


async def kept(log: SealedLog, size: int) -> Checkpoint:
    return Checkpoint.parse(open_note(await log.note(size), await log.public_keys()))


async def test_a_tail_cut_off_with_its_checkpoints_is_seen_by_who_kept_one(log: SealedLog) -> None:
    await log.write_sealed(*PASSES)
    older, newer = await kept(log, 7), await kept(log, 10)
    assert (await log.verify(since=[older, newer])).faults == []
    await cut_off(log, 7)
    # What is left is a log that was true once: nothing in it can tell.
    assert (await log.verify()).faults == []
    assert (await log.verify(since=[older])).faults == []
    assert places((await log.verify(since=[newer])).faults) == [(What.CUT_OFF, 8, 10)]


async def test_a_log_that_is_gone_as_a_whole_is_seen_by_who_kept_a_checkpoint(log: SealedLog) -> None:
    await log.write_sealed(*PASSES)
    newest = await kept(log, 10)
    await cut_off(log, 0)
    report = await log.verify(since=[newest])
    assert places(report.faults) == [(What.CUT_OFF, 1, 10)]
    assert report.faults[0].school_id == log.school


async def test_a_tail_cut_off_under_a_running_sealer_leaves_a_hole(log: SealedLog) -> None:
    sealer = log.sealer()
    await log.write(4)
    await sealer.seal()
    await log.write(3)
    await sealer.seal()
    await cut_off(log, 4)
    await log.write(1)
    await sealer.seal()
    assert places((await log.verify()).faults) == [(What.HOLE, 5, None)]


async def test_a_log_written_anew_with_a_key_of_its_own_is_seen_by_who_kept_a_key_or_a_checkpoint(
    log: SealedLog,
) -> None:
    await log.write_sealed(*PASSES)
    newest, keys = await kept(log, 10), await log.public_keys()
    await cut_off(log, 0)
    await log.tamper("DELETE FROM signing_key")
    await log.keys.load_or_create()
    await log.write_sealed(*PASSES)
    # Whoever owns the database makes it agree with itself; only what was kept elsewhere says otherwise.
    report = await log.verify()
    assert (report.faults, report.unpinned) == ([], [ORIGIN])
    assert {fault.what for fault in (await log.verify(pinned=keys)).faults} == {What.STRANGER}
    assert places((await log.verify(since=[newest])).faults) == [(What.REWRITTEN, 1, 10)]


async def test_a_rotated_key_goes_on_verifying_and_the_new_one_must_be_pinned_too(log: SealedLog) -> None:
    await log.write_sealed(4)
    before = await log.public_keys()
    for _ in range(3):
        await log.keys.rotate()
        await log.write_sealed(1)
    keys = await log.public_keys()
    assert len(keys) == 4
    assert (await log.verify(pinned=keys)).faults == []
    assert places((await log.verify(pinned=before)).faults) == [(What.STRANGER, size, None) for size in (5, 6, 7)]


async def test_the_worker_and_the_backup_read_the_same_and_the_app_sees_one_school(log: SealedLog) -> None:
    await log.write_sealed(2)
    await log.write_sealed(2, school=new_id())
    by_worker = [entry async for entry in log.entries()]
    assert by_worker == [entry async for entry in log.entries(login="backup")]
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        _ = [entry async for entry in log.entries(login="app")]


async def test_a_log_begins_with_the_origin_of_its_school(log: SealedLog) -> None:
    await log.write_sealed(1)
    assert (await log.note(1)).startswith(log_origin(ORIGIN, log.school) + "\n1\n")
