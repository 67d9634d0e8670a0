"""What a concern says beside its words: how well its time is known, where, what was done, with whom, which marks."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class TimeKnown(StrEnum):
    EXACT = "exact"
    ABOUT = "about"
    DATE_ONLY = "date_only"
    NOT_KNOWN = "not_known"


class View(StrEnum):
    FRONT = "front"
    BACK = "back"
    LEFT = "left"
    RIGHT = "right"
    HEAD = "head"
    HANDS = "hands"
    FEET = "feet"


class Figure(StrEnum):
    CHILD = "child"
    ADULT = "adult"


class MarkKind(StrEnum):
    """What is seen, not what made it: nobody at a school can tell a burn's cause."""

    BRUISE = "bruise"
    CUT = "cut"
    GRAZE = "graze"
    SCRATCH = "scratch"
    BURN = "burn"
    BITE = "bite"
    SWELLING = "swelling"
    REDNESS = "redness"
    SCAR = "scar"
    RASH = "rash"
    PAIN = "pain"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Taken:
    """An action already taken; no pupils means it was for all of them (C8)."""

    text: str
    pupil_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class SpokenTo:
    """An agency of the school's list that was spoken to (R75)."""

    agency_id: UUID
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark on a child (R65). `x` and `y` run from 0 to 1 over the drawing, from its upper left corner."""

    pupil_id: UUID
    view: View
    figure: Figure
    x: float
    y: float
    kind: MarkKind
    size_mm: int | None = None
    colour: str | None = None
    words: str | None = None
    drawing_version: int = 1


@dataclass(frozen=True, slots=True)
class Circumstances:
    time_known: TimeKnown = TimeKnown.EXACT
    location_id: UUID | None = None
    location_words: str | None = None
    taken: tuple[Taken, ...] = ()
    agencies: tuple[SpokenTo, ...] = ()
    sanction: str | None = None
    told_in_person_id: UUID | None = None
    marks: tuple[Mark, ...] = ()
