"""Searching the record by its words."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from shared.schemas import Body, Text

if TYPE_CHECKING:
    Sought = str
    Cursor = str
else:
    Sought = Text(200)
    Cursor = Text(200)


class WantedWords(Body):
    """A body and no query: what is typed here may be a name, and names have no place in an address."""

    words: Sought
    cursor: Cursor | None = None
    limit: Annotated[int, Field(ge=1, le=50)] = 20


class HitShown(BaseModel):
    view: Literal["whole", "own"]
    id: UUID
    number: int
    author_id: UUID
    logged_at: datetime
    occurred_at: datetime | None
    pupils: list[str]
    categories: list[str]
    found_in: list[str]
    excerpt: str


class HitsShown(BaseModel):
    break_glass: bool
    count: int
    at_least: bool
    hits: list[HitShown]
    next: str | None
