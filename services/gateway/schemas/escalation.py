from datetime import date, time
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, model_validator

from services.gateway.schemas import CATEGORY, Answer, example
from shared.schemas import Body


class ReadWithin(Body):
    category_id: UUID
    minutes: Annotated[int, Field(ge=5, le=10_080)]


class OpenOn(Body):
    weekday: Annotated[Literal[0, 1, 2, 3, 4, 5, 6], Field(description="Monday is 0")]
    opens: time
    closes: time

    @model_validator(mode="after")
    def _opens_first(self) -> "OpenOn":
        if self.opens.tzinfo or self.closes.tzinfo:
            raise ValueError("Give the time on the school's wall, without a zone.")
        if self.opens >= self.closes:
            raise ValueError("The school opens before it closes.")
        return self


class Holiday(Body):
    first: date
    last: date

    @model_validator(mode="after")
    def _begins_first(self) -> "Holiday":
        if self.first > self.last:
            raise ValueError("A holiday ends after it begins.")
        return self


class NewEscalationSettings(Body):
    model_config = example(
        times=[{"category_id": CATEGORY, "minutes": 120}],
        hours=[{"weekday": 0, "opens": "08:00:00", "closes": "16:30:00"}],
        holidays=[{"first": "2026-12-21", "last": "2027-01-01"}],
    )

    times: Annotated[list[ReadWithin], Field(max_length=200)] = []
    hours: Annotated[list[OpenOn], Field(max_length=7)] = []
    holidays: Annotated[list[Holiday], Field(max_length=60)] = []


class EscalationSettings(Answer):
    model_config = example(
        version=2,
        times=[{"category_id": CATEGORY, "minutes": 120}],
        hours=[{"weekday": 0, "opens": "08:00:00", "closes": "16:30:00"}],
        holidays=[{"first": "2026-12-21", "last": "2027-01-01"}],
    )

    version: int
    times: list[ReadWithin] = Field(
        description="by when a concern of a category must be read, in minutes; without one: child protection in an "
        "hour, sensitive in four hours, ordinary by the end of the next school day"
    )
    hours: list[OpenOn] = Field(description="when time counts; never for child protection and what is urgent")
    holidays: list[Holiday]
