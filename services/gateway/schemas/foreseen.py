"""Who will be told of a concern that is still being written."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.gateway.schemas import CATEGORY, HADDAD, OKAFOR, ROWAN, Answer, example
from services.gateway.schemas.incidents import PEOPLE, Categories, Ids, LinkedPupil
from shared.contracts.words import Why
from shared.schemas import Body


class Outline(Body):
    model_config = example(
        category_ids=[CATEGORY],
        pupils=[{"pupil_id": ROWAN, "part": "subject"}],
        urgent=False,
        extra_staff_ids=[HADDAD],
        extra_group_ids=[],
    )

    category_ids: Categories = Field([], description="none yet: who is told of every concern")
    pupils: Annotated[list[LinkedPupil], Field(max_length=50)] = []
    urgent: bool = False
    extra_staff_ids: Ids = []
    extra_group_ids: Ids = []


# -------------------------------------------------------------------------------------------------------- answers
class Recipient(Answer):
    staff_id: UUID
    why: list[Why]


class Recipients(Answer):
    model_config = example(
        told=[{"staff_id": OKAFOR, "why": ["lead_dsl"]}, {"staff_id": HADDAD, "why": ["rule", "chosen_person"]}],
        names=PEOPLE,
        notices=[],
    )

    told: list[Recipient] = Field(description="whoever answers for it first stands first")
    names: dict[UUID, str]
    notices: list[str]
