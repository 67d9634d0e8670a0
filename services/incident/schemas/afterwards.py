"""What follows an incident: actions, addenda, steps."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from services.incident.schemas.fields import Ids, Narrative, Words
from shared.schemas import Body


class NewAction(Body):
    text: Words
    pupil_ids: Ids = []
    tell_author: bool = False


class NewAddendum(Body):
    text: Narrative


class Reason(Body):
    reason: Words


class ActionShown(BaseModel):
    id: UUID
    author_id: UUID
    text: str
    pupil_ids: list[UUID]
    created_at: datetime


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
