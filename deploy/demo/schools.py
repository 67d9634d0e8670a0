"""The invented trust and its schools."""

from dataclasses import dataclass

TRUST_NAME = "Rivermead Learning Trust"
TRUST_DOMAIN = "rivermead.example"


@dataclass(frozen=True, slots=True)
class Class:
    code: str
    year_group: str


@dataclass(frozen=True, slots=True)
class School:
    key: str
    name: str
    phase: str
    urn: str
    establishment: int
    domain: str
    classes: tuple[Class, ...]

    @property
    def pupils(self) -> int:
        return len(self.classes) * CLASS_SIZE


CLASS_SIZE = 30
_PRIMARY_YEARS = ("R", "1", "2", "3", "4", "5", "6")
_TREES = ("Acorn", "Beech", "Cedar", "Hazel", "Maple", "Rowan", "Willow")

OAKFIELD = School(
    "oakfield",
    "Oakfield Primary",
    "primary",
    "990001",
    2001,
    "oakfield.example",
    tuple(Class(f"{year}{form}", year) for year in _PRIMARY_YEARS for form in "AB"),
)
WILLOW_LANE = School(
    "willow-lane",
    "Willow Lane Primary",
    "primary",
    "990002",
    2002,
    "willowlane.example",
    # Small schools name their classes instead of numbering them; a class code is text, never a year.
    tuple(Class(tree, year) for tree, year in zip(_TREES, _PRIMARY_YEARS, strict=True)),
)
HARBOUR = School(
    "harbour",
    "Harbour Academy",
    "secondary",
    "990003",
    4001,
    "harbour.example",
    tuple(Class(f"{year}{form}", str(year)) for year in range(7, 12) for form in "ABCDEF"),
)
SCHOOLS: tuple[School, ...] = (OAKFIELD, WILLOW_LANE, HARBOUR)
