"""Shows that no sealed audit row has changed, or names the first that has: every row hashed, every tree grown again.

It is given entries (`shared/audit_log.py`), from the database or from an export, and keeps no row: millions take no
more memory than ten. What it can prove rests on the keys it is given: with keys from the same place as the rows,
whoever owns that place could have signed anew. `docs/audit.md` says what is detectable and what is not.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from shared.audit import canonical
from shared.audit_faults import MOST_KEPT, Fault, Report, SchoolResult, What
from shared.audit_log import Entry, Log, Numbered, SchoolLog, Signed, Unnumbered
from shared.audit_seal import AFTER, AT, AT_FORM, log_origin
from shared.merkle import Frontier, leaf_hash
from shared.signed_note import Checkpoint, Malformed, NoteKey, NotSigned, Stranger, open_note

CLOCKS: Final = timedelta(minutes=5)
"""How far clocks of honest machines, and a transaction that took long, may put times out of order."""

Wanted = Callable[[str, UUID], bool]


class Verifier:
    """Give it every entry in order, then `finish`. Of a log with `pinned` keys these alone are trusted.

    `since` are checkpoints somebody has kept elsewhere: the logs must contain them.
    """

    def __init__(
        self,
        *,
        pinned: Sequence[NoteKey] = (),
        since: Iterable[Checkpoint] = (),
        wanted: Wanted = lambda _origin, _school: True,
    ) -> None:
        self.report = Report()
        self._pinned = tuple(pinned)
        self._since: dict[str, list[Checkpoint]] = {}
        for checkpoint in since:
            self._since.setdefault(checkpoint.origin, []).append(checkpoint)
        self._wanted = wanted
        self._log: Log | None = None
        self._tree: _Tree | None = None

    def take(self, entry: Entry) -> None:
        match entry:
            case Log():
                self._close()
                self._log = entry
            case SchoolLog():
                self._close()
                self._open(entry.school_id)
            case Numbered() if self._tree:
                self._tree.numbered(entry)
            case Signed() if self._tree:
                self._tree.signed(entry)
            case Unnumbered() if self._tree:
                self._tree.unnumbered(entry)
            case _:
                pass

    def unreadable(self, why: str) -> None:
        """The entries end here, for what comes cannot be read."""
        self.report.add(Fault(What.UNREADABLE, self._log.origin if self._log else "", None, None, detail=why))

    def finish(self) -> Report:
        self._close()
        for kept in self._since.values():
            self._never_seen(kept)
        self._since.clear()
        return self.report

    def _open(self, school_id: UUID) -> None:
        if self._log is None or not self._wanted(self._log.origin, school_id):
            return
        keys = tuple(key for key in self._pinned if key.name == self._log.origin)
        if not keys and self._log.origin not in self.report.unpinned:
            self.report.unpinned.append(self._log.origin)
        since = self._since.pop(log_origin(self._log.origin, school_id), [])
        self._tree = _Tree(self.report, SchoolResult(self._log.origin, school_id), keys or self._log.keys, since)

    def _close(self) -> None:
        if self._tree is not None:
            self._tree.close()
        self._tree = None

    def _never_seen(self, kept: Sequence[Checkpoint]) -> None:
        newest = max(kept, key=lambda checkpoint: checkpoint.size)
        origin, _, school = newest.origin.rpartition("/")
        school_id = UUID(school)
        if self._wanted(origin, school_id) and newest.size:
            self.report.add(Fault(What.CUT_OFF, origin, school_id, 1, newest.size))


class _Tree:
    """One school's log, grown again."""

    def __init__(
        self, report: Report, result: SchoolResult, keys: Sequence[NoteKey], since: Iterable[Checkpoint]
    ) -> None:
        self._report = report
        self._result = result
        self._keys = keys
        self._kept = {checkpoint.size: checkpoint.root for checkpoint in since if checkpoint.size}
        self._grown_to: dict[int, bytes] = {}
        self._next = 1
        self._by_leaf = Frontier()
        # Grown beside from the first row that does not fit its leaf: which of the two was changed, the root tells.
        self._by_row: Frontier | None = None
        self._whole = True
        self._open: list[Fault] = []
        self._proven = 0
        self._last_size = 0
        self._last_signed_at: datetime | None = None
        self._sealed_until: datetime | None = None
        self._newest: tuple[datetime, int, str] | None = None
        self._last_id = ""
        self._swapped: tuple[int, str] | None = None
        report.schools.append(result)

    def numbered(self, entry: Numbered) -> None:
        self._result.rows += 1
        if entry.seq < self._next:
            self._note(What.OUT_OF_PLACE, entry.seq, audit_id=entry.audit_id)
            return
        if entry.seq > self._next:
            self._missing(entry.seq - 1)
        self._next = entry.seq + 1
        hashed = self._hashed(entry)
        if self._by_row is None and hashed != entry.leaf:
            self._by_row = self._by_leaf.copy()
        self._by_leaf.append(entry.leaf)
        if self._by_row is not None:
            self._by_row.append(hashed)
        if self._last_id > entry.audit_id and self._swapped is None:
            # Rows of one checkpoint were sealed in the order of their ids: the one before this is too late an id.
            self._swapped = (entry.seq - 1, self._last_id)
        self._last_id = entry.audit_id
        if self._whole and entry.seq in self._kept:
            self._grown_to[entry.seq] = self._by_leaf.root()
        if len(self._open) >= MOST_KEPT:
            self._tell()

    def signed(self, entry: Signed) -> None:
        self._result.checkpoints += 1
        checkpoint = self._opened(entry)
        if checkpoint is None or checkpoint.size != entry.size:
            # It proves nothing here. What it would have shown of its rows, the next good one must show.
            self._last_size = entry.size if checkpoint is None else checkpoint.size
            return
        if checkpoint.size >= self._next:
            self._missing(checkpoint.size)
        self._chained(checkpoint)
        self._grown(entry, checkpoint)
        self._proven = self._last_size = checkpoint.size
        if checkpoint.size in self._kept:
            self._grown_to[checkpoint.size] = checkpoint.root
        self._tell()

    def unnumbered(self, entry: Unnumbered) -> None:
        row = entry.row
        if row is None:
            self._note(What.GONE_UNSEALED, None, audit_id=entry.audit_id)
        elif not entry.waits:
            self._note(What.NEVER_SEALED, None, audit_id=entry.audit_id)
        else:
            at = _time(row.get("at"))
            self._result.waiting += 1
            if at is not None and (self._result.waiting_since is None or at < self._result.waiting_since):
                self._result.waiting_since = at

    def close(self) -> None:
        if self._next - 1 > self._last_size:
            self._note(What.UNSIGNED, self._last_size + 1, self._next - 1)
        for size, root in sorted(self._kept.items()):
            if size >= self._next:
                self._note(What.CUT_OFF, self._next, size)
            elif self._grown_to.get(size) != root:
                self._note(What.REWRITTEN, 1, size)
        self._tell()

    def _hashed(self, entry: Numbered) -> bytes:
        """What the row hashes to; what is wrong with the row itself is noted."""
        if entry.row is None:
            self._note(What.GONE, entry.seq, audit_id=entry.audit_id)
            return entry.leaf
        try:
            hashed = leaf_hash(canonical(entry.row))
        except (ValueError, RecursionError):
            hashed = b""
        if hashed != entry.leaf:
            self._note(What.CHANGED, entry.seq, audit_id=entry.audit_id)
        elif entry.row.get("id") != entry.audit_id or entry.row.get("school_id") != str(self._result.school_id):
            self._note(What.OTHER, entry.seq, audit_id=entry.audit_id)
        else:
            self._dated(entry)
        return hashed

    def _dated(self, entry: Numbered) -> None:
        at = _time(entry.row["at"]) if entry.row else None
        if at is None:
            return
        before = self._sealed_until is not None and at < self._sealed_until - CLOCKS
        made_at = _made_at(entry.audit_id)
        if before or made_at is None or abs(made_at - at) > CLOCKS:
            self._note(What.BACKDATED, entry.seq, audit_id=entry.audit_id)
        if self._newest is None or at > self._newest[0]:
            self._newest = (at, entry.seq, entry.audit_id)

    def _opened(self, entry: Signed) -> Checkpoint | None:
        """What the note says, when a trusted key has signed it for this school; otherwise why not is noted."""
        found = _opened_note(entry.note, self._keys, log_origin(self._result.origin, self._result.school_id))
        if isinstance(found, What):
            self._note(found, entry.size)
            return None
        at = _time(entry.at)
        beside = (entry.size, entry.root, at and at.replace(microsecond=0))
        if beside != (found.size, found.root, _extensions(found)[1]):
            self._note(What.BESIDE, entry.size)
        return found

    def _chained(self, checkpoint: Checkpoint) -> None:
        after, at = _extensions(checkpoint)
        if after != self._last_size:
            detail = f"it follows one of {after} rows, and before it stands one of {self._last_size}"
            self._note(What.HOLE, checkpoint.size, detail=detail)
        if self._last_signed_at is not None and at < self._last_signed_at - CLOCKS:
            self._note(What.CLOCK, checkpoint.size)
        if self._newest is not None:
            newest, seq, audit_id = self._newest
            if newest > at + CLOCKS:
                self._note(What.POSTDATED, seq, audit_id=audit_id)
            self._sealed_until = max(newest, self._sealed_until or newest)
        self._newest = None
        self._last_signed_at = at

    def _grown(self, entry: Signed, checkpoint: Checkpoint) -> None:
        """Hold the tree against the signed root; where it differs, go on from the signed one: it is said once."""
        signed = _edge(entry, checkpoint)
        if self._whole and self._by_leaf.size == checkpoint.size and self._by_leaf.root() == checkpoint.root:
            if signed is None:
                self._note(What.EDGE, entry.size)
        else:
            if self._by_row is not None and self._whole and self._by_row.root() == checkpoint.root:
                self._open = [_leaf_was_changed(fault) for fault in self._open]
                signed = signed or self._by_row
            elif self._whole:
                self._differs(signed, checkpoint)
            if signed is None:
                self._whole = False
            else:
                self._by_leaf, self._whole = signed, True
        self._by_row = None
        self._swapped = None
        self._last_id = ""

    def _differs(self, signed: Frontier | None, checkpoint: Checkpoint) -> None:
        if self._swapped is not None:
            seq, audit_id = self._swapped
            self._note(What.MOVED, seq, audit_id=audit_id)
            return
        first, last = self._proven + 1, checkpoint.size
        if signed is not None:
            first, last = _narrowed(self._by_leaf, signed, first, last)
        self._note(What.CHANGED_WITH_LEAF, first, last)

    def _missing(self, until: int) -> None:
        self._note(What.MISSING, self._next, until)
        self._next = until + 1
        self._whole = False

    def _note(
        self, what: What, seq: int | None, until: int | None = None, *, audit_id: str | None = None, detail: str = ""
    ) -> None:
        self._open.append(Fault(what, self._result.origin, self._result.school_id, seq, until, audit_id, detail))

    def _tell(self) -> None:
        # By number: what a checkpoint shows of its rows is known only after rows behind them were looked at.
        for fault in sorted(self._open, key=lambda fault: (fault.seq is None, fault.seq or 0)):
            self._result.faults += 1
            self._report.add(fault)
        self._open.clear()


def _leaf_was_changed(fault: Fault) -> Fault:
    return replace(fault, what=What.LEAF_CHANGED) if fault.what is What.CHANGED else fault


def _edge(entry: Signed, checkpoint: Checkpoint) -> Frontier | None:
    """The right edge kept with a checkpoint, if it is that of the signed tree: then it is as good as signed."""
    try:
        frontier = Frontier.from_bytes(checkpoint.size, entry.frontier)
    except ValueError:
        return None
    return frontier if frontier.root() == checkpoint.root else None


def _narrowed(grown: Frontier, signed: Frontier, first: int, last: int) -> tuple[int, int]:
    """Between which rows two trees of one size differ first, as close as their right edges tell."""
    start = 0
    for (length, ours), (_, theirs) in zip(grown.peaks(), signed.peaks(), strict=False):
        if ours != theirs and start + length >= first:
            return max(first, start + 1), min(last, start + length)
        start += length
    return first, last


def _opened_note(note: str, keys: Sequence[NoteKey], origin: str) -> Checkpoint | What:
    """The checkpoint, or what is wrong with its note."""
    try:
        checkpoint = Checkpoint.parse(open_note(note, keys))
        _extensions(checkpoint)
    except Stranger:
        return What.STRANGER
    except NotSigned:
        return What.SIGNATURE
    except Malformed:
        return What.NOTE
    return checkpoint if checkpoint.origin == origin else What.NOTE


def _extensions(checkpoint: Checkpoint) -> tuple[int, datetime]:
    """After how many rows the checkpoint before was made, and when this one was. Raises Malformed."""
    after = [line.removeprefix(AFTER) for line in checkpoint.extensions if line.startswith(AFTER)]
    at = [line.removeprefix(AT) for line in checkpoint.extensions if line.startswith(AT)]
    try:
        return int(after[0]), datetime.strptime(at[0], AT_FORM).replace(tzinfo=UTC)
    except (IndexError, ValueError):
        raise Malformed("a checkpoint of ours says after which one and when it was made") from None


def _time(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found and found.tzinfo else None


def _made_at(audit_id: str) -> datetime | None:
    """The time that a UUIDv7 begins with."""
    try:
        return datetime.fromtimestamp(int(audit_id.replace("-", "")[:12], 16) / 1000, UTC)
    except (ValueError, OverflowError):
        return None
