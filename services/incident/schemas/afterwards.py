"""What follows an incident: actions, addenda, steps."""

from datetime import datetime
from uuid import UUID

from pydantic import AwareDatetime, BaseModel

from services.incident.domain import Owed
from services.incident.schemas.fields import Ids, Narrative, Words
from shared.schemas import Body


class NewAction(Body):
    text: Words
    pupil_ids: Ids = []
    tell_author: bool = False
    owner_id: UUID | None = None
    due_at: AwareDatetime | None = None
    promise: bool = False

    def owed(self) -> Owed:
        return Owed(self.owner_id, self.due_at, self.promise)


class Note(Body):
    note: Words


class NewAddendum(Body):
    text: Narrative


class Reason(Body):
    reason: Words


class DoneShown(BaseModel):
    by_id: UUID
    note: str
    at: datetime


class ActionShown(BaseModel):
    id: UUID
    author_id: UUID
    text: str
    pupil_ids: list[UUID]
    created_at: datetime
    tell_author: bool
    owner_id: UUID | None
    due_at: datetime | None
    promise: bool
    done: DoneShown | None
    """None while it is owed, and for what was done already when it was written down."""


class ActionLine(BaseModel):
    """An action in a list across incidents."""

    id: UUID
    incident_id: UUID
    number: int
    author_id: UUID
    text: str
    pupils: list[str]
    created_at: datetime
    owner_id: UUID | None
    due_at: datetime | None
    promise: bool
    done_at: datetime | None


class ActionLines(BaseModel):
    actions: list[ActionLine]
    next: str | None


class AddendumShown(BaseModel):
    id: UUID
    author_id: UUID
    text: str
    created_at: datetime


class StepShown(BaseModel):
    step: str
    by_id: UUID
    reason: str
    at: datetime


class Added(BaseModel):
    id: UUID


class State(BaseModel):
    id: UUID
    state: str
