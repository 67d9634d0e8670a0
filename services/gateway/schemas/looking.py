"""Significant events, patterns, and who has looked at a child."""

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from pydantic import Field

from services.gateway.schemas import (
    ADDED,
    CATEGORY,
    CONCERN,
    HADDAD,
    LUNCHTIME,
    READ,
    TOKEN,
    Answer,
    Words,
    example,
)
from services.gateway.schemas.incidents import PEOPLE
from shared.schemas import Body, Text

if TYPE_CHECKING:
    Headline = str
else:
    Headline = Text(200)

FIRST_TIME = "First time he spoke of home"


class MarkSignificant(Body):
    model_config = example(headline=FIRST_TIME, analysis="Fits what his teacher noticed in February.")

    headline: Headline = Field(description="what matters here, in a few words")
    analysis: Words | None = Field(None, description="what it may mean, and beside what it stands")


class EventVersion(Answer):
    version: int
    headline: str | None = Field(description="null where the mark was taken away")
    analysis: str | None
    reason: str | None = Field(description="why the mark was taken away")
    by_id: UUID
    at: datetime


class SignificantEvent(Answer):
    incident_id: UUID
    number: int
    happened_at: datetime
    headline: str | None
    analysis: str | None
    versions: list[EventVersion] = Field(description="every judgement in its order; none is ever changed")


class SignificantEvents(Answer):
    model_config = example(
        break_glass=False,
        events=[
            {
                "incident_id": CONCERN,
                "number": 214,
                "happened_at": LUNCHTIME,
                "headline": FIRST_TIME,
                "analysis": None,
                "versions": [
                    {
                        "version": 1,
                        "headline": FIRST_TIME,
                        "analysis": None,
                        "reason": None,
                        "by_id": HADDAD,
                        "at": ADDED,
                    }
                ],
            }
        ],
        names=PEOPLE,
        notices=[],
    )

    break_glass: bool = Field(description="whether you are reading by break-glass")
    events: list[SignificantEvent]
    names: dict[UUID, str]
    notices: list[str]


class Count(Answer):
    begins: date
    category_id: UUID
    category: str
    count: int


class Cluster(Answer):
    category_id: UUID
    category: str
    count: int
    begins: datetime
    ends: datetime
    incident_ids: list[UUID]


class MarkOverTime(Answer):
    incident_id: UUID
    incident_number: int
    at: datetime
    number: int = Field(description="of the mark, counted for each child of an incident")
    view: str
    figure: str
    x: float = Field(description="a share of the drawing's width")
    y: float = Field(description="a share of the drawing's height")
    kind: str
    size_mm: int | None
    colour: str | None
    words: str | None
    drawing_version: int


class Patterns(Answer):
    model_config = example(
        break_glass=False,
        entries=3,
        weeks=[{"begins": "2026-03-02", "category_id": CATEGORY, "category": "Welfare Concern", "count": 3}],
        months=[{"begins": "2026-03-01", "category_id": CATEGORY, "category": "Welfare Concern", "count": 3}],
        clusters=[
            {
                "category_id": CATEGORY,
                "category": "Welfare Concern",
                "count": 3,
                "begins": LUNCHTIME,
                "ends": READ,
                "incident_ids": [CONCERN],
            }
        ],
        marks=[],
    )

    break_glass: bool = Field(description="whether you are reading by break-glass")
    entries: int = Field(description="how many entries these numbers are made of")
    weeks: list[Count] = Field(description="by the week's Monday; an entry counts once under each main category")
    months: list[Count] = Field(description="by the month's first day")
    clusters: list[Cluster] = Field(description="`times` or more of a category within `days`, the densest first")
    marks: list[MarkOverTime]


class Look(Answer):
    id: UUID
    at: datetime
    actor: str
    staff_id: UUID | None
    action: str
    about_kind: str
    about_id: UUID | None
    reason: str | None
    elevated: bool
    break_glass_id: UUID | None = Field(description="the break-glass by which it was done")


class Looks(Answer):
    model_config = example(
        looks=[
            {
                "id": TOKEN,
                "at": READ,
                "actor": "staff",
                "staff_id": HADDAD,
                "action": "incident:read",
                "about_kind": "incident",
                "about_id": CONCERN,
                "reason": None,
                "elevated": True,
                "break_glass_id": None,
            }
        ],
        next=None,
        names=PEOPLE,
        notices=[],
    )

    looks: list[Look]
    next: str | None
    names: dict[UUID, str]
    notices: list[str]
