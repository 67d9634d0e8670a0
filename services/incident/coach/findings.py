"""What the coach says about a text: where, by which rule, why, and what could stand there instead."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Rule(StrEnum):
    """Each from the policy: opinion, absolute (R48), adverb, emotion (R49), vague, reported (R50), initials (R52),
    capitals, marks (R48), unlinked (R51, R124)."""

    OPINION = "opinion"
    ABSOLUTE = "absolute"
    ADVERB = "adverb"
    EMOTION = "emotion"
    CAPITALS = "capitals"
    MARKS = "marks"
    INITIALS = "initials"
    VAGUE = "vague"
    REPORTED = "reported"
    UNLINKED = "unlinked"


@dataclass(frozen=True, slots=True)
class Finding:
    """A hint, never a bar: nothing in it says that a text may not be kept (C16).

    `start` and `end` count characters (Unicode code points) of the text as given; `line` counts from 1. `words` is the
    text between them. `pupil_ids` are the children an unlinked name may mean; empty when it may mean too many.
    """

    start: int
    end: int
    line: int
    rule: Rule
    words: str
    why: str
    suggestion: str
    pupil_ids: tuple[UUID, ...] = ()

    def __str__(self) -> str:
        return f"Line {self.line}: {self.why} {self.suggestion}"
