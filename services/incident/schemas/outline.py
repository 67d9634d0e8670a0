"""A concern that is still being written, without a word of what happened: whom it is about, and of what kind."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.incident.schemas.fields import Categories
from services.incident.schemas.incidents import LinkedPupil
from shared.contracts.incident import LinkedPupil as LinkedFacts
from shared.schemas import Body


class Outlined(Body):
    category_ids: Categories = []
    pupils: Annotated[list[LinkedPupil], Field(max_length=50)] = []


class OutlineShown(BaseModel):
    """Of what is written, as far as it is chosen from the school's own, what the rules of alerting ask."""

    sensitivity: int | None
    category_ids: list[UUID]
    parent_category_ids: list[UUID]
    pupils: list[LinkedFacts]
