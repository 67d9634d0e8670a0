from datetime import date, time
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, model_validator

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
    """By when incidents must be read, and when the school is open."""

    times: Annotated[list[ReadWithin], Field(max_length=200)] = []
    hours: Annotated[list[OpenOn], Field(max_length=7)] = []
    holidays: Annotated[list[Holiday], Field(max_length=60)] = []

    @model_validator(mode="after")
    def _says_each_once(self) -> "NewEscalationSettings":
        if len({one.category_id for one in self.times}) < len(self.times):
            raise ValueError("Give one time for each category.")
        if len({one.weekday for one in self.hours}) < len(self.hours):
            raise ValueError("Give the hours of each weekday once.")
        return self


class EscalationSettingsShown(NewEscalationSettings):
    version: int
