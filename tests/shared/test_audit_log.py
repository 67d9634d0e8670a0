"""An export verifies without a database, and an export somebody has edited is found out at its place."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.audit import canonical
from shared.audit_faults import Report, What
from shared.audit_log import End, Heading, Unreadable, from_lines, to_line
from shared.audit_verify import Verifier
from shared.merkle import leaf_hash
from shared.signed_note import Checkpoint, NoteKey, NoteSigner, open_note
from tests.shared.sealed import ORIGIN, SealedLog

Lines = list[dict[str, Any]]


async def exported(log: SealedLog) -> Lines:
    """Heading, log, school, rows 1 to 3, checkpoint, rows 4 and 5, checkpoint, one that waits, end."""
    await log.write_sealed(3, 2)
    await log.write(1)
    lines = [to_line(Heading("2026-11-24T12:00:00Z", whole=True))]
    lines += [to_line(entry) async for entry in log.entries()]
    lines.append(to_line(End(len(lines) + 1)))
    return [json.loads(line) for line in lines]


def verified(lines: Lines, *pinned: NoteKey) -> Report:
    verifier = Verifier(pinned=pinned)
    try:
        for entry in from_lines(json.dumps(line).encode() + b"\n" for line in lines):
            verifier.take(entry)
    except Unreadable as problem:
        verifier.unreadable(str(problem))
    return verifier.finish()


def at(lines: Lines, kind: str, number: int = 0) -> dict[str, Any]:
    return [line for line in lines if line["kind"] == kind][number]


def leaf_anew(line: dict[str, Any]) -> None:
    line["leaf"] = base64.b64encode(leaf_hash(canonical(line["row"]))).decode()


def change_row(lines: Lines) -> None:
    at(lines, "row", 1)["row"]["reason"] = "Another reason."


def change_details(lines: Lines) -> None:
    at(lines, "row", 1)["row"]["details"]["revision"] = 1.0


def slip_a_name_into_a_row(lines: Lines) -> None:
    at(lines, "row", 1)["row"]["read_by"] = "nobody"


def change_leaf(lines: Lines) -> None:
    at(lines, "row", 1)["leaf"] = base64.b64encode(b"x" * 32).decode()


def change_both(lines: Lines) -> None:
    line = at(lines, "row", 1)
    line["row"]["elevated"] = True
    leaf_anew(line)


def file_under_another_id(lines: Lines) -> None:
    at(lines, "row", 1)["id"] = at(lines, "row", 0)["id"]


def take_row(lines: Lines) -> None:
    lines.remove(at(lines, "row", 1))


def take_what_it_said(lines: Lines) -> None:
    at(lines, "row", 1)["row"] = None


def swap_lines(lines: Lines) -> None:
    one, other = lines.index(at(lines, "row", 1)), lines.index(at(lines, "row", 2))
    lines[one], lines[other] = lines[other], lines[one]


def repeat_row(lines: Lines) -> None:
    line = at(lines, "row", 1)
    lines.insert(lines.index(line), dict(line))


def swap_rows(lines: Lines) -> None:
    one, other = at(lines, "row", 1), at(lines, "row", 2)
    for name in ("id", "leaf", "row"):
        one[name], other[name] = other[name], one[name]


def take_checkpoint(lines: Lines) -> None:
    lines.remove(at(lines, "checkpoint", 0))


def take_last_checkpoint(lines: Lines) -> None:
    lines.remove(at(lines, "checkpoint", 1))


def change_root(lines: Lines) -> None:
    at(lines, "checkpoint", 0)["root"] = base64.b64encode(b"x" * 32).decode()


def change_note(lines: Lines) -> None:
    line = at(lines, "checkpoint", 0)
    line["note"] = line["note"].replace("after 0", "after 1")


def take_a_row_that_waits(lines: Lines) -> None:
    at(lines, "unnumbered")["row"] = None


EDITS: dict[Callable[[Lines], None], tuple[What, int | None]] = {
    change_row: (What.CHANGED, 2),
    change_details: (What.CHANGED, 2),
    slip_a_name_into_a_row: (What.CHANGED, 2),
    change_leaf: (What.LEAF_CHANGED, 2),
    change_both: (What.CHANGED_WITH_LEAF, 1),
    file_under_another_id: (What.OTHER, 2),
    take_row: (What.MISSING, 2),
    take_what_it_said: (What.GONE, 2),
    swap_lines: (What.MISSING, 2),
    repeat_row: (What.OUT_OF_PLACE, 2),
    swap_rows: (What.MOVED, 2),
    take_checkpoint: (What.HOLE, 5),
    take_last_checkpoint: (What.UNSIGNED, 4),
    change_root: (What.BESIDE, 3),
    change_note: (What.SIGNATURE, 3),
    take_a_row_that_waits: (What.GONE_UNSEALED, None),
}


@pytest.mark.postgres
async def test_an_export_says_what_the_database_says(log: SealedLog) -> None:
    lines = await exported(log)
    report = verified(lines, *await log.public_keys())
    assert report.faults == []
    assert [(school.rows, school.checkpoints, school.waiting) for school in report.schools] == [(5, 2, 1)]
    assert verified(lines).unpinned == [ORIGIN]


@pytest.mark.postgres
@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
async def test_an_edited_export_is_found_out_at_its_place(log: SealedLog, edit: Callable[[Lines], None]) -> None:
    lines = await exported(log)
    edit(lines)
    at(lines, "end")["lines"] = len(lines)
    first = verified(lines).first
    assert first is not None
    assert (first.what, first.seq) == EDITS[edit]


@pytest.mark.postgres
async def test_an_export_signed_anew_with_its_own_key_is_a_strangers_to_who_kept_the_key(log: SealedLog) -> None:
    lines = await exported(log)
    forger = NoteSigner(ORIGIN, Ed25519PrivateKey.generate())
    for line in lines:
        if line["kind"] == "checkpoint":
            line["note"] = forger.sign(open_note(line["note"], await log.public_keys()))
    at(lines, "log")["keys"] = [str(forger.key)]
    assert verified(lines).faults == []
    assert {fault.what for fault in verified(lines, *await log.public_keys()).faults} == {What.STRANGER}


@pytest.mark.postgres
async def test_a_cut_off_export_is_found_out_even_between_two_schools(log: SealedLog) -> None:
    lines = await exported(log)
    for length in range(1, len(lines)):
        assert What.UNREADABLE in {fault.what for fault in verified(lines[:length]).faults}, length


@pytest.mark.postgres
async def test_a_log_in_which_a_row_and_its_leaf_are_no_hashes_at_all_breaks_nothing(log: SealedLog) -> None:
    lines = await exported(log)
    line = at(lines, "row", 1)
    line["row"] = {"id": "not an id", "at": "never", "school_id": line["row"]["school_id"]}
    line["id"] = "not an id"
    leaf_anew(line)
    first = verified(lines).first
    assert first is not None
    assert (first.what, first.seq) == (What.MOVED, 2)


LINE = to_line(Heading("2026-11-24T12:00:00Z", whole=True)).encode()


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"rubbish\n",
        b"[]\n",
        b'{"kind":"never"}\n',
        b'{"kind":"school","school_id":"x"}\n',
        b'{"kind":"school","school_id":"x","school_id":"y"}\n',
        b'{"kind":"end","lines":2,"beside":"a name"}\n',
        b'{"kind":"end","lines":true}\n',
        b'{"kind":"end","lines":7}\n',
        b'{"kind":"row","seq":-1,"id":"x","leaf":"","row":null}\n',
        b'{"kind":"row","seq":1,"id":"x","leaf":"!","row":null}\n',
        b'{"kind":"row","seq":1,"id":"x","leaf":"","row":"text"}\n',
        b'{"kind":"log","origin":"heed/x","keys":["x"]}\n',
        LINE,
        b"\xff\xfe\n",
        b"[" * 100_000,
        b'{"kind":"' + b"x" * 1_000_001 + b'"}',
    ],
)
def test_a_line_that_is_none_of_the_formats_is_refused_with_its_number(line: bytes) -> None:
    with pytest.raises(Unreadable, match="line 2"):
        list(from_lines([LINE, line]))


def test_a_file_of_another_format_is_refused() -> None:
    with pytest.raises(Unreadable, match="only heed-audit-export/1 is understood"):
        list(from_lines([LINE.replace(b"export/1", b"export/2")]))
    with pytest.raises(Unreadable, match="line 1"):
        list(from_lines([]))
    with pytest.raises(Unreadable, match="behind the end"):
        list(from_lines([LINE, to_line(End(2)).encode(), b"{}\n"]))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_no_line_does_anything_but_be_read_or_refused(anything: Any) -> None:
    try:
        list(from_lines([json.dumps(anything).encode()]))
    except Unreadable:
        return
    raise AssertionError("a file without a heading was read")


def test_a_checkpoint_is_what_others_can_read_too() -> None:
    # tlog-checkpoint: origin, size, root, then lines of ours.
    assert Checkpoint.parse("heed/incident/x\n3\n" + base64.b64encode(b"r" * 32).decode() + "\nafter 0\n").size == 3
