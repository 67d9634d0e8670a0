"""Looking for a child, and who was found."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from pydantic import BaseModel

from shared.schemas import Body, Text

if TYPE_CHECKING:
    Sought = str
else:
    Sought = Text(100)


class WantedPupil(Body):
    """A body and no query: what is typed here is a child's name, and names have no place in an address."""

    name: Sought | None = None
    upn: Sought | None = None
    class_code: Sought | None = None


class FoundPupil(BaseModel):
    id: UUID
    name: str
    year_group: str
    class_code: str | None
    left_on: date | None
    fits: Literal["name", "sound", "slip"] | None
    last_entry_at: datetime | None


class FoundPupils(BaseModel):
    break_glass: bool
    pupils: list[FoundPupil]
    more: bool
