"""What a concern says beside its words: how well its time is known, where, what was done, with whom, which marks."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.gateway.schemas import AGENCY, HADDAD, LUNCHTIME, PLACE, ROWAN, Answer, Line, Words, example
from shared.schemas import Body

TimeKnown = Literal["exact", "about", "date_only", "not_known"]
View = Literal["front", "back", "left", "right", "head", "hands", "feet"]
Figure = Literal["child", "adult"]
MarkKind = Literal[
    "bruise", "cut", "graze", "scratch", "burn", "bite", "swelling", "redness", "scar", "rash", "pain", "other"
]
Share = Annotated[float, Field(ge=0, le=1)]

MARK = {
    "pupil_id": ROWAN,
    "view": "front",
    "figure": "child",
    "x": 0.62,
    "y": 0.41,
    "kind": "bruise",
    "size_mm": 20,
    "colour": "yellow and green",
    "words": "Rowan pointed at it himself.",
    "drawing_version": 1,
}
TAKEN = {"text": "Put a cold pack on his arm.", "pupil_ids": [ROWAN]}
SPOKEN_TO = {"agency_id": AGENCY, "note": "Rang the duty line; they will ring back."}
SENT_BESIDE = {
    "time_known": "about",
    "location_id": PLACE,
    "location_words": "by the climbing frame",
    "actions_taken": [TAKEN],
    "agencies": [SPOKEN_TO],
    "told_in_person_id": HADDAD,
    "marks": [MARK],
}
BESIDE = {
    "occurred_at": LUNCHTIME,
    "time_known": "about",
    "late_by": 0,
    "location": {"id": PLACE, "name": "Playground", "name_now": "Playground", "words": "by the climbing frame"},
    "actions_taken": [TAKEN],
    "agencies": [{**SPOKEN_TO, "name": "Children's social care", "name_now": "Children's social care"}],
    "sanction": None,
    "told_in_person_id": HADDAD,
    "marks": [{**MARK, "number": 1}],
}


class ActionTaken(Body):
    text: Words
    pupil_ids: Annotated[list[UUID], Field(max_length=50)] = Field([], description="for whom; none means all of them")


class AgencySpokenTo(Body):
    agency_id: UUID = Field(description="one of your school's list")
    note: Words | None = Field(None, description="what was said, in up to 1,000 characters", max_length=1_000)


class BodyMark(Body):
    pupil_id: UUID
    view: View
    figure: Figure
    x: Share = Field(description="0 at the left edge of the drawing, 1 at the right")
    y: Share = Field(description="0 at the upper edge of the drawing, 1 at the lower")
    kind: MarkKind = Field(description="what you see, not what may have made it")
    size_mm: int | None = Field(None, ge=1, le=2_000, description="its longest side")
    colour: Line | None = None
    words: Words | None = Field(None, max_length=1_000)
    drawing_version: int = Field(1, ge=1, le=1_000, description="of the drawing that was marked")


class Beside(Body):
    time_known: TimeKnown = Field("exact", description="how well the time is known; of `date_only` the day counts")
    location_id: UUID | None = Field(None, description="a place of your school's list")
    location_words: Line | None = Field(None, description="where, in your own words")
    actions_taken: Annotated[list[ActionTaken], Field(max_length=50)] = Field(
        [], description="what you have done already, for one child, some, or all"
    )
    agencies: Annotated[list[AgencySpokenTo], Field(max_length=20)] = Field([], description="who was spoken to")
    sanction: Words | None = Field(None, description="only where one of the categories asks for it")
    told_in_person_id: UUID | None = Field(None, description="the DSL you have told in person")
    marks: Annotated[list[BodyMark], Field(max_length=100)] = Field([], description="the body map; numbered per child")


# -------------------------------------------------------------------------------------------------------- answers
class Location(Answer):
    id: UUID | None
    name: str | None
    name_now: str | None = Field(description="what your school calls it today")
    words: str | None


class ActionTakenShown(Answer):
    text: str
    pupil_ids: list[UUID]


class AgencyShown(Answer):
    agency_id: UUID
    name: str
    name_now: str = Field(description="what your school calls it today")
    note: str | None


class MarkShown(Answer):
    pupil_id: UUID
    number: int
    view: str
    figure: str
    x: float
    y: float
    kind: str
    size_mm: int | None
    colour: str | None
    words: str | None
    drawing_version: int


class BesideShown(Answer):
    occurred_at: datetime | None = Field(description="null where it is not known")
    time_known: str
    late_by: int | None = Field(
        description="seconds beyond the time in which such a concern is to be logged; null where it was not measured"
    )
    location: Location | None
    actions_taken: list[ActionTakenShown]
    agencies: list[AgencyShown]
    sanction: str | None
    told_in_person_id: UUID | None
    marks: list[MarkShown]


class Entry(Answer):
    id: UUID
    name: str


class Entries(Answer):
    model_config = example(entries=[{"id": AGENCY, "name": "Children's social care"}])

    entries: list[Entry]
