"""The roll from a file, in two steps."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.gateway.schemas import IMPORT, LOGGED, ROWAN, Answer, Line, Name, example
from shared.schemas import Body

CSV = """\
UPN,Legal Surname,Legal Forename,Preferred Forename,Date of birth,Sex,Year group,Reg group
,Ade,Rowan,Ro,12/03/2017,M,4,4B
"""
CTF = """\
<?xml version="1.0" encoding="utf-8"?>
<CTfile><Header><DocumentQualifier>full</DocumentQualifier></Header><CTFpupilData><Pupil><UPN>B801200005001</UPN>
<Surname>Ade</Surname><Forename>Rowan</Forename><DOB>2017-03-12</DOB><Sex>M</Sex>
<BasicDetails><NCyearActual>4</NCyearActual></BasicDetails></Pupil></CTFpupilData></CTfile>
"""
Outcome = Literal["new", "changed", "unchanged", "refused", "leaves"]


class ColumnMapping(Body):
    model_config = example(mapping={"surname": "Family", "forename": "Pupil", "born": "DOB", "year_group": "Year"})

    mapping: Annotated[dict[Line, Line | None], Field(max_length=50)]


class ApplyImport(Body):
    model_config = example(leavers=True)

    leavers: bool = Field(False, description="those who are not in this full file have left")


class NewPupil(Body):
    model_config = example(
        forename="Rowan", surname="Ade", born="2017-03-12", sex="M", year_group="4", class_code="4B", names_apart=False
    )

    forename: Line
    surname: Line
    born: date
    sex: Annotated[str, Field(pattern="^[A-Za-z]?$")] = ""
    year_group: Line
    class_code: Name = ""
    upn: Name = ""
    names_apart: bool = Field(False, description="an adopted child, whose names are kept apart")


# -------------------------------------------------------------------------------------------------------- answers
class ImportBegun(Answer):
    model_config = example(id=IMPORT)

    id: UUID


class Fault(BaseModel):
    column: str
    message: str


class ImportRow(BaseModel):
    number: int = Field(description="the line of a CSV file, or which pupil of a CTF")
    name: str
    outcome: str
    pupil_id: UUID | None
    changes: list[str] = Field(description="the fields that change")
    faults: list[Fault]


class Import(Answer):
    model_config = example(
        id=IMPORT,
        state="ready",
        kind="csv",
        version="",
        whole=True,
        as_of=None,
        encoding="utf-8",
        separator=",",
        headings=["Pupil", "Family", "DOB", "Year"],
        mapping={"surname": "Family", "forename": "Pupil", "born": "DOB", "year_group": "Year", "upn": None},
        missing=[],
        unknown=[],
        at=LOGGED,
        expires_at=LOGGED,
        total=1,
        done=0,
        counts={"new": 0, "changed": 1, "unchanged": 0, "refused": 0, "leaves": 0},
        rows=[
            {
                "number": 2,
                "name": "Rowan Ade",
                "outcome": "changed",
                "pupil_id": ROWAN,
                "changes": ["class_code"],
                "faults": [],
            }
        ],
        next=None,
    )

    id: UUID
    state: Literal["unmapped", "ready", "applied"] = Field(description="unmapped: a column is `missing`")
    kind: Literal["csv", "ctf"]
    version: str = Field(description="of a CTF")
    whole: bool
    as_of: date | None
    encoding: str
    separator: str
    headings: list[str]
    mapping: dict[str, str | None] = Field(description="which heading was taken for which column")
    missing: list[str]
    unknown: list[str] = Field(description="elements of a CTF that were passed over, by name")
    at: datetime
    expires_at: datetime = Field(description="after this the file is gone")
    total: int
    done: int
    counts: dict[str, int]
    rows: list[ImportRow]
    next: int | None


class ImportApplied(Answer):
    model_config = example(enrolled=3, changed=1, left=2, unchanged=415, refused=1)

    enrolled: int
    changed: int
    left: int
    unchanged: int
    refused: int


class PupilAdded(Answer):
    model_config = example(id=ROWAN)

    id: UUID
