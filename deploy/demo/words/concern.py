"""The shape of an invented concern."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.contracts.words import Part


@dataclass(frozen=True, slots=True)
class Other:
    """A second or third child: what part they had and, where it differs, under which category it counts for them."""

    part: Part
    of: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody did later; `who` is a role or "class_teacher"."""

    who: str
    text: str
    after_hours: float = 2.0


@dataclass(frozen=True, slots=True)
class Seen:
    """A mark on the first child, placed on the front of the drawing as shares of its width and height."""

    x: float
    y: float
    kind: str
    size_mm: int
    colour: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Concern:
    of: str
    who: str
    text: str
    done: str = ""
    part: Part = Part.SUBJECT
    others: tuple[Other, ...] = ()
    later: tuple[Step, ...] = ()
    closed: str = ""
    urgent: bool = False
    marks: tuple[Seen, ...] = ()
    phase: str = "primary secondary"
    often: int = 1
    hours: tuple[int, int] = (9, 15)
    vary: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
