"""A school's categories, and changes to them and to its lists."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from shared.schemas import Body, Text

if TYPE_CHECKING:
    Name = str
else:
    Name = Text(100)

Level = Annotated[int, Field(ge=1, le=3)]
Minutes = Annotated[int, Field(ge=1, le=60 * 24 * 366)]


class NewCategory(Body):
    name: Name
    parent_id: UUID | None = None
    sensitivity: Level | None = None
    log_within_minutes: Minutes | None = None
    asks_sanction: bool | None = None
    must_follow_up: bool | None = None


class CategoryChange(Body):
    """What is left out stays as it is; minutes that are null mean the same day."""

    name: Name = ""
    sensitivity: Level = 1
    log_within_minutes: Minutes | None = None
    asks_sanction: bool = False
    must_follow_up: bool = False


class MergeInto(Body):
    into: UUID


class NewOrder(Body):
    ids: Annotated[list[UUID], Field(max_length=500)]
    parent_id: UUID | None = None


class CategorySetting(BaseModel):
    id: UUID
    parent_id: UUID | None
    name: str
    sensitivity: int
    log_within_minutes: int | None
    asks_sanction: bool
    must_follow_up: bool
    retired_at: datetime | None
    merged_into: UUID | None
    version: int


class CategorySettings(BaseModel):
    categories: list[CategorySetting]
