"""A file of the roll: what its dry run says, and what a person says to it."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from shared.schemas import Body, Text

if TYPE_CHECKING:
    Heading = str
    Given = str
    Optional = str
else:
    Heading = Text(500)
    Given = Text(100)
    Optional = Text(100, shortest=0)

Outcome = Literal["new", "changed", "unchanged", "refused", "leaves"]


class ImportBegun(BaseModel):
    id: UUID


class FaultShown(BaseModel):
    column: str
    message: str


class ImportRowShown(BaseModel):
    number: int
    name: str
    outcome: str
    pupil_id: UUID | None
    changes: list[str]
    faults: list[FaultShown]


class ImportShown(BaseModel):
    id: UUID
    state: str
    kind: str
    version: str
    whole: bool
    as_of: date | None
    encoding: str
    separator: str
    headings: list[str]
    mapping: dict[str, str | None]
    missing: list[str]
    unknown: list[str]
    at: datetime
    expires_at: datetime
    total: int
    done: int
    counts: dict[str, int]
    rows: list[ImportRowShown]
    next: int | None


class ColumnMapping(Body):
    mapping: Annotated[dict[Given, Heading | None], Field(max_length=50)]


class ApplyImport(Body):
    leavers: bool = False


class ImportApplied(BaseModel):
    enrolled: int
    changed: int
    left: int
    unchanged: int
    refused: int


class NewPupil(Body):
    forename: Given
    surname: Given
    born: date
    sex: Annotated[str, Field(pattern="^[A-Za-z]?$")] = ""
    year_group: Given
    class_code: Optional = ""
    upn: Optional = ""
    names_apart: bool = False


class PupilAdded(BaseModel):
    id: UUID
