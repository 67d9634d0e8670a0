"""Logging, correcting and reading an incident."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from services.incident.domain import Concern, Link
from services.incident.schemas.afterwards import ActionShown, AddendumShown, StepShown
from services.incident.schemas.circumstances import Beside, BesideShown
from services.incident.schemas.decisions import ChangesShown, ConsentShown, DecisionShown
from services.incident.schemas.fields import Categories, Ids, Narrative, Voucher, Words
from shared.contracts.words import Part
from shared.schemas import Body


class LinkedPupil(Body):
    pupil_id: UUID
    part: Part = Part.SUBJECT
    category_ids: Categories = []


class Written(Beside):
    narrative: Narrative
    occurred_at: AwareDatetime | None = None
    """Wanted unless `time_known` says that nobody knows it."""
    category_ids: Annotated[Categories, Field(min_length=1)]
    pupils: Annotated[list[LinkedPupil], Field(min_length=1, max_length=50)]
    action_taken: Words | None = None
    urgent: bool = False
    extra_staff_ids: Ids = []
    extra_group_ids: Ids = []

    def concern(self) -> Concern:
        return Concern(
            narrative=self.narrative,
            occurred_at=self.occurred_at,
            category_ids=tuple(self.category_ids),
            links=tuple(Link(p.pupil_id, p.part, tuple(p.category_ids)) for p in self.pupils),
            action_taken=self.action_taken,
            urgent=self.urgent,
            extra_staff_ids=tuple(self.extra_staff_ids),
            extra_group_ids=tuple(self.extra_group_ids),
            circumstances=self.circumstances(),
        )


class LogConcern(Written):
    draft_id: UUID | None = None
    """The draft it was written in: gone with the commit that records the concern."""


class CorrectConcern(Written):
    reason: Words


class SummariesWanted(Body):
    ids: Annotated[list[UUID], Field(max_length=100)]
    vouchers: Annotated[list[Voucher], Field(max_length=100)] = []


class Logged(BaseModel):
    id: UUID
    number: int
    logged_at: datetime


class CategoryNamed(BaseModel):
    id: UUID
    name: str
    parent: str | None
    name_now: str
    parent_now: str | None


class ChildInRecord(BaseModel):
    pupil_id: UUID
    name: str
    part: str
    year_group: str
    class_code: str | None
    category_ids: list[UUID]
    reachable: bool
    """Whether this reader could open the child's own record; others are a name and no more."""


class RevisionShown(BesideShown):
    revision: int
    narrative: str
    action_taken: str | None
    by_id: UUID
    reason: str | None
    at: datetime
    changes: ChangesShown | None
    """Of a correction; none of the first words."""


class OwnWords(BesideShown):
    """What an author sees of their own incident: their words, the number, the time; nothing of what followed (R28)."""

    view: str = "own"
    break_glass: bool = False
    id: UUID
    number: int
    author_id: UUID
    kiosk_id: UUID | None
    """On which of the school's own devices it was written."""
    logged_at: datetime
    urgent: bool
    narrative: str
    action_taken: str | None
    categories: list[CategoryNamed]
    pupils: list[ChildInRecord]
    addenda: list[AddendumShown]


class WholeIncident(OwnWords):
    view: str = "whole"
    version: int
    state: str
    sensitivity: int
    revision: int
    revisions: list[RevisionShown]
    actions: list[ActionShown]
    decisions: list[DecisionShown]
    consents: list[ConsentShown]
    steps: list[StepShown]


class ChangedSince(BaseModel):
    """What was written after the version that somebody had read, beside the state now: both versions for a page."""

    state: str
    revisions: list[RevisionShown]
    actions: list[ActionShown]
    addenda: list[AddendumShown]
    steps: list[StepShown]
    decisions: list[DecisionShown]
    consents: list[ConsentShown]


class OwnLine(BaseModel):
    id: UUID
    number: int
    logged_at: datetime
    narrative: str


class OwnLines(BaseModel):
    incidents: list[OwnLine]
    next: str | None


class Summary(BaseModel):
    id: UUID
    number: int
    author_id: UUID
    logged_at: datetime
    occurred_at: datetime | None
    urgent: bool
    state: str
    pupils: list[str]
    categories: list[str]
    first_line: str


class Summaries(BaseModel):
    summaries: list[Summary]
