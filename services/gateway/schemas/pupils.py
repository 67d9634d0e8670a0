from uuid import UUID

from pydantic import Field

from services.gateway.schemas import CATEGORY, ROWAN, Answer, example


class PickedPupil(Answer):
    id: UUID
    name: str
    year_group: str
    class_code: str | None


class PickedPupils(Answer):
    model_config = example(
        pupils=[{"id": ROWAN, "name": "Rowan Ade", "year_group": "4", "class_code": "4B"}],
    )

    pupils: list[PickedPupil]


class Category(Answer):
    id: UUID
    name: str
    parent_id: UUID | None
    sensitivity: int = Field(description="1 ordinary, 2 sensitive, 3 child protection")
    log_within_minutes: int | None = Field(description="within how many minutes to log it; null is the same day")
    asks_sanction: bool = Field(description="whether the form asks for the sanction")


class Categories(Answer):
    model_config = example(
        categories=[
            {
                "id": CATEGORY,
                "name": "Welfare Concern",
                "parent_id": None,
                "sensitivity": 2,
                "log_within_minutes": None,
                "asks_sanction": False,
            }
        ]
    )

    categories: list[Category]
