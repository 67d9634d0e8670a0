"""What a concern says beside its words, as it is sent and as it is shown."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.incident.domain import Circumstances, Figure, Mark, MarkKind, SpokenTo, Taken, TimeKnown, View
from services.incident.schemas.fields import Ids, Words
from shared.schemas import Body, Text

if TYPE_CHECKING:
    Short = str
    Note = str
else:
    Short = Text(200)
    Note = Text(1_000)

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class ActionTaken(Body):
    text: Words
    pupil_ids: Ids = []


class AgencySpokenTo(Body):
    agency_id: UUID
    note: Note | None = None


class BodyMark(Body):
    pupil_id: UUID
    view: View
    figure: Figure
    x: Share
    y: Share
    kind: MarkKind
    size_mm: Annotated[int, Field(ge=1, le=2_000)] | None = None
    colour: Short | None = None
    words: Note | None = None
    drawing_version: Annotated[int, Field(ge=1, le=1_000)] = 1


class Beside(Body):
    """The fields of a concern beside its words; each may be left out, as clients did before there were any."""

    time_known: TimeKnown = TimeKnown.EXACT
    location_id: UUID | None = None
    location_words: Short | None = None
    actions_taken: Annotated[list[ActionTaken], Field(max_length=50)] = []
    agencies: Annotated[list[AgencySpokenTo], Field(max_length=20)] = []
    sanction: Words | None = None
    told_in_person_id: UUID | None = None
    marks: Annotated[list[BodyMark], Field(max_length=100)] = []

    def circumstances(self) -> Circumstances:
        return Circumstances(
            time_known=self.time_known,
            location_id=self.location_id,
            location_words=self.location_words,
            taken=tuple(Taken(one.text, tuple(one.pupil_ids)) for one in self.actions_taken),
            agencies=tuple(SpokenTo(one.agency_id, one.note) for one in self.agencies),
            sanction=self.sanction,
            told_in_person_id=self.told_in_person_id,
            marks=tuple(Mark(**mark.model_dump()) for mark in self.marks),
        )


class LocationShown(BaseModel):
    id: UUID | None
    name: str | None = None
    name_now: str | None = None
    words: str | None


class ActionTakenShown(BaseModel):
    text: str
    pupil_ids: list[UUID]


class AgencyShown(BaseModel):
    agency_id: UUID
    name: str
    name_now: str
    note: str | None


class MarkShown(BaseModel):
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


class BesideShown(BaseModel):
    occurred_at: datetime | None
    time_known: str
    late_by: int | None
    """Seconds beyond the category's service level when it was logged; 0 in time, null where it was not measured."""
    location: LocationShown | None
    actions_taken: list[ActionTakenShown]
    agencies: list[AgencyShown]
    sanction: str | None
    told_in_person_id: UUID | None
    marks: list[MarkShown]
