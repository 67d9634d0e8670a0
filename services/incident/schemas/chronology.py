"""A child's chronology: entries with all that followed, and what corrections changed as data."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from services.incident.schemas.afterwards import ActionShown, AddendumShown, StepShown
from services.incident.schemas.decisions import Piece
from services.incident.schemas.incidents import CategoryNamed


class ChildBeside(BaseModel):
    """A child of an entry. Of those outside the reader's reach there is a name and no way to their record."""

    pupil_id: UUID | None
    name: str
    part: str
    year_group: str
    class_code: str | None


class Correction(BaseModel):
    """What a correction changed in the words of the entry, beside who made it and why."""

    revision: int
    by_id: UUID
    reason: str | None
    at: datetime
    narrative: list[Piece]


class Significance(BaseModel):
    headline: str
    analysis: str | None
    by_id: UUID
    at: datetime


class Entry(BaseModel):
    view: Literal["whole", "own"]
    id: UUID
    number: int
    author_id: UUID
    logged_at: datetime
    occurred_at: datetime | None
    time_known: str
    urgent: bool
    part: str
    narrative: str
    first_narrative: str
    categories: list[CategoryNamed]
    pupils: list[ChildBeside]
    addenda: list[AddendumShown]
    new: bool
    state: str | None = None
    sensitivity: int | None = None
    corrections: list[Correction] = []
    actions: list[ActionShown] = []
    steps: list[StepShown] = []
    significant: Significance | None = None


class Chronology(BaseModel):
    break_glass: bool
    pupil_id: UUID
    name: str
    looked_before: datetime | None
    count: int
    entries: list[Entry]
    next: str | None
