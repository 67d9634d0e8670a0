"""A school's own lists of agencies and places."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.incident.schemas.categories import Name
from shared.schemas import Body


class EntryShown(BaseModel):
    id: UUID
    name: str


class EntriesShown(BaseModel):
    entries: list[EntryShown]


class EntryName(Body):
    name: Name


class EntryOrder(Body):
    ids: Annotated[list[UUID], Field(max_length=500)]
