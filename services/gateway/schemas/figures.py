"""The schools of the trust in figures."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from services.gateway.schemas import SCHOOL, Answer, example

Cell = int | Literal["fewer than 5"]


class SchoolFigures(Answer):
    school_id: UUID
    name: str | None
    unread: Cell = Field(description="alerts that are not read yet")
    actions_due: Cell = Field(description="actions due by the end of this week, or late")
    duties_due: Cell = Field(description="what was promised, due by the end of this week, or late")
    over_time: Cell = Field(description="concerns not read in their time, and what is late of the two")


class Figures(Answer):
    model_config = example(
        schools=[
            {
                "school_id": SCHOOL,
                "name": "Rowan Lane Primary School",
                "unread": 12,
                "actions_due": "fewer than 5",
                "duties_due": "fewer than 5",
                "over_time": "fewer than 5",
            }
        ]
    )

    schools: list[SchoolFigures]
