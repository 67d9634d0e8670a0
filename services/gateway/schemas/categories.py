"""A school's categories and lists in its settings."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.gateway.schemas import AGENCY, CATEGORY, Answer, Name, example
from shared.schemas import Body

Level = Annotated[int, Field(ge=1, le=3)]
Minutes = Annotated[int, Field(ge=1, le=60 * 24 * 366)]
SENSITIVITY = "1 ordinary, 2 sensitive, 3 child protection"
WITHIN = "within how many minutes of the incident to log it; null is the same day"
ASKS = "whether the form asks for the sanction"
FOLLOWED = "whether nothing of it is closed before an action or a decision has followed"
LEFT_OUT = "left out, as of what it lies below"
BELOW = "what lies below is set with it when this changes"


class NewCategory(Body):
    model_config = example(name="Young carer", parent_id=CATEGORY, sensitivity=2)

    name: Annotated[Name, Field(min_length=1)]
    parent_id: UUID | None = Field(None, description="for a sub-category: what it lies below")
    sensitivity: Level | None = Field(None, description=f"{SENSITIVITY}; left out, that of what it lies below")
    log_within_minutes: Minutes | None = Field(None, description=WITHIN)
    asks_sanction: bool | None = Field(None, description=f"{ASKS}; {LEFT_OUT}")
    must_follow_up: bool | None = Field(None, description=f"{FOLLOWED}; {LEFT_OUT}")


class CategoryChange(Body):
    model_config = example(name="Child-on-child abuse", log_within_minutes=60)

    name: Annotated[Name, Field(min_length=1)] = ""
    sensitivity: Level = Field(1, description=f"{SENSITIVITY}; what lies below is raised with it")
    log_within_minutes: Minutes | None = Field(None, description=WITHIN)
    asks_sanction: bool = Field(False, description=f"{ASKS}; {BELOW}")
    must_follow_up: bool = Field(False, description=f"{FOLLOWED}; {BELOW}")


class MergeInto(Body):
    model_config = example(into=CATEGORY)

    into: UUID


class NewOrder(Body):
    model_config = example(parent_id=None, ids=[CATEGORY])

    parent_id: UUID | None = Field(None, description="null for the upper level")
    ids: Annotated[list[UUID], Field(max_length=500)]


class CategorySetting(Answer):
    model_config = example(
        id=CATEGORY,
        parent_id=None,
        name="Welfare Concern",
        sensitivity=2,
        log_within_minutes=None,
        asks_sanction=False,
        must_follow_up=False,
        retired_at=None,
        merged_into=None,
        version=1,
    )

    id: UUID
    parent_id: UUID | None
    name: str
    sensitivity: int = Field(description=SENSITIVITY)
    log_within_minutes: int | None = Field(description=WITHIN)
    asks_sanction: bool = Field(description=ASKS)
    must_follow_up: bool = Field(description=FOLLOWED)
    retired_at: datetime | None
    merged_into: UUID | None = Field(description="what it counts as in filters and patterns")
    version: int


class CategorySettings(Answer):
    model_config = example(
        categories=[
            {
                "id": CATEGORY,
                "parent_id": None,
                "name": "Welfare Concern",
                "sensitivity": 2,
                "log_within_minutes": None,
                "asks_sanction": False,
                "must_follow_up": False,
                "retired_at": None,
                "merged_into": None,
                "version": 1,
            }
        ]
    )

    categories: list[CategorySetting]


class EntryName(Body):
    model_config = example(name="Family hub")

    name: Annotated[Name, Field(min_length=1)]


class EntryAdded(Answer):
    model_config = example(id=AGENCY)

    id: UUID


class EntryOrder(Body):
    model_config = example(ids=[AGENCY])

    ids: Annotated[list[UUID], Field(max_length=500)]
