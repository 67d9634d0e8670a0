"""A school's own lists of agencies and places."""

from uuid import UUID

from pydantic import BaseModel


class EntryShown(BaseModel):
    id: UUID
    name: str


class EntriesShown(BaseModel):
    entries: list[EntryShown]
