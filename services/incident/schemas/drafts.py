"""What somebody is still writing."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field

from shared.schemas import Body


class KeepDraft(Body):
    version: Annotated[int, Field(ge=0, le=1_000_000)]
    """The version that was saved before; 0 begins a draft."""
    content: dict[str, Any]


class DraftKept(BaseModel):
    id: UUID
    version: int
    begun_at: datetime
    saved_at: datetime


class DraftShown(DraftKept):
    content: dict[str, Any]


class DraftsShown(BaseModel):
    drafts: list[DraftKept]
