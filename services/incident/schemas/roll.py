"""The type-ahead, the roll and the categories."""

from uuid import UUID

from pydantic import BaseModel


class PickedPupil(BaseModel):
    id: UUID
    name: str
    year_group: str
    class_code: str | None


class PickedPupils(BaseModel):
    pupils: list[PickedPupil]


class CategoryShown(BaseModel):
    id: UUID
    parent_id: UUID | None
    name: str
    sensitivity: int
    log_within_minutes: int | None
    asks_sanction: bool


class CategoriesShown(BaseModel):
    categories: list[CategoryShown]


class RollResult(BaseModel):
    enrolled: int
    changed: int
    left: int
    unchanged: int


class Begun(BaseModel):
    made: int
