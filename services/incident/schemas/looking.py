"""Significant events, patterns, and who has looked at a child."""

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from pydantic import BaseModel

from services.incident.schemas.fields import Words
from shared.schemas import Body, Text

if TYPE_CHECKING:
    Headline = str
else:
    Headline = Text(200)


class MarkSignificant(Body):
    headline: Headline
    analysis: Words | None = None


class EventVersion(BaseModel):
    version: int
    headline: str | None
    analysis: str | None
    reason: str | None
    by_id: UUID
    at: datetime


class EventShown(BaseModel):
    incident_id: UUID
    number: int
    happened_at: datetime
    headline: str | None
    analysis: str | None
    versions: list[EventVersion]


class EventsShown(BaseModel):
    break_glass: bool
    events: list[EventShown]


class Count(BaseModel):
    begins: date
    category_id: UUID
    category: str
    count: int


class Cluster(BaseModel):
    category_id: UUID
    category: str
    count: int
    begins: datetime
    ends: datetime
    incident_ids: list[UUID]


class MarkKept(BaseModel):
    incident_id: UUID
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


class MarkOverTime(MarkKept):
    at: datetime
    incident_number: int


class Patterns(BaseModel):
    break_glass: bool
    entries: int
    weeks: list[Count]
    months: list[Count]
    clusters: list[Cluster]
    marks: list[MarkOverTime]


class Look(BaseModel):
    id: UUID
    at: datetime
    actor: str
    staff_id: UUID | None
    action: str
    about_kind: str
    about_id: UUID | None
    reason: str | None
    elevated: bool
    break_glass_id: UUID | None


class Looks(BaseModel):
    looks: list[Look]
    next: str | None
