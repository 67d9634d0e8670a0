"""What somebody is to be shielded from, and what those who decide over shields are told of it."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.incident.schemas.finding import Sought
from services.incident.schemas.roll import PickedPupil
from shared.schemas import Body

Number = Annotated[int, Field(ge=1, le=2_147_483_647)]
Ids = Annotated[list[UUID], Field(max_length=500)]


class WantedToShield(Body):
    """A body and no query: what is typed here is a child's name, and names have no place in an address."""

    name: Sought | None = None
    number: Number | None = None


class ConcernNumbered(BaseModel):
    id: UUID
    number: int


class ToShieldFrom(BaseModel):
    pupils: list[PickedPupil]
    incident: ConcernNumbered | None


class ShieldedFrom(Body):
    pupil_ids: Ids = []
    incident_ids: Ids = []


class ShieldedNames(BaseModel):
    pupils: dict[UUID, str]
    numbers: dict[UUID, int]
