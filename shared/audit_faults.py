"""What can be wrong with a sealed audit, where, and how it is said: ids and numbers, never what a row is about."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

MOST_KEPT: Final = 1000
"""So many faults are kept to be shown; the rest is counted."""


class What(StrEnum):
    # Rows.
    CHANGED = "is not what was sealed"
    LEAF_CHANGED = "is as it was sealed; its leaf was changed"
    CHANGED_WITH_LEAF = "changed together with the leaf: it hashes to another root than the signed one"
    MOVED = "does not stand where it was sealed: rows were swapped, or this one put in the place of another"
    GONE = "was taken away; its leaf remains"
    MISSING = "is missing, and its leaf too"
    OTHER = "is filed under the id of another row"
    BACKDATED = "is dated earlier than rows sealed before it, or than its own id: it was slipped in later"
    POSTDATED = "is dated later than the checkpoint that signs it"
    UNSIGNED = "is numbered, but no checkpoint signs it: the checkpoint was taken away"
    NEVER_SEALED = "has no leaf and would never get one: it was put in past the sealer"
    GONE_UNSEALED = "was taken away before it was sealed"
    OUT_OF_PLACE = "stands in the file where another row belongs"
    # Checkpoints: the row number is the size.
    NOTE = "has a note that is no checkpoint of this school's log"
    SIGNATURE = "has a note whose signature is false: the note was changed"
    STRANGER = "is signed by a key that is not trusted here"
    BESIDE = "says something else beside its note than what was signed"
    EDGE = "keeps a right edge of the tree that is not the signed tree's"
    HOLE = "does not follow the one before it: a checkpoint between them was taken away"
    CLOCK = "is signed earlier than the one before it"
    # The whole.
    CUT_OFF = "was there once, by the checkpoint you kept: the log was cut off"
    REWRITTEN = "does not lead to the checkpoint you kept: the log is another one"
    UNREADABLE = "cannot be read"


CHECKPOINTS: Final = frozenset(
    {What.NOTE, What.SIGNATURE, What.STRANGER, What.BESIDE, What.EDGE, What.HOLE, What.CLOCK}
)


@dataclass(frozen=True, slots=True)
class Fault:
    """`seq` to `until` is where it is: one row, or as close as hashes tell. A checkpoint's place is its size."""

    what: What
    origin: str
    school_id: UUID | None
    seq: int | None
    until: int | None = None
    audit_id: str | None = None
    detail: str = ""

    def __str__(self) -> str:
        where = [self.origin, f"school {self.school_id}" if self.school_id else "", self._place()]
        more = f" ({self.detail})" if self.detail else ""
        return f"{', '.join(part for part in where if part)} {self.what}{more}"

    def _place(self) -> str:
        if self.what in CHECKPOINTS:
            return f"checkpoint of {self.seq} rows"
        if self.what is What.UNREADABLE:
            return "the file"
        named = f" (id {self.audit_id})" if self.audit_id else ""
        if self.seq is None:
            return f"a row without number{named}"
        if self.until is None or self.until == self.seq:
            return f"row {self.seq}{named}"
        return f"one of the rows {self.seq} to {self.until}, or more of them,"


@dataclass(slots=True)
class SchoolResult:
    """What was found of one school in one service's log."""

    origin: str
    school_id: UUID
    rows: int = 0
    checkpoints: int = 0
    waiting: int = 0
    """Rows that the sealer has not numbered yet: no fault, but no hash protects them."""
    waiting_since: datetime | None = None
    faults: int = 0


@dataclass(slots=True)
class Report:
    schools: list[SchoolResult] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    """The first ones, in the order of the log; `count` is all of them."""
    count: int = 0
    unpinned: list[str] = field(default_factory=list)
    """Logs whose keys came with the rows: whoever owns the place of both could have signed anew."""

    @property
    def rows(self) -> int:
        return sum(school.rows for school in self.schools)

    @property
    def first(self) -> Fault | None:
        return self.faults[0] if self.faults else None

    def add(self, fault: Fault) -> None:
        self.count += 1
        if len(self.faults) < MOST_KEPT:
            self.faults.append(fault)
