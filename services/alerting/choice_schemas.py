from datetime import time
from typing import Annotated, Literal

from pydantic import Field, model_validator

from services.alerting.domain.waiting import Choice, in_quiet
from shared.schemas import Body

Weekday = Literal[0, 1, 2, 3, 4, 5, 6]


class Digest(Body):
    at: time
    days: Annotated[list[Weekday], Field(min_length=1, max_length=7, description="Monday is 0")] = [0, 1, 2, 3, 4]


class Quiet(Body):
    begins: time
    ends: time


class NewMailChoice(Body):
    """When somebody wants mails that can wait. By the clock on the school's wall."""

    digest: Digest | None = None
    quiet: Quiet | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> "NewMailChoice":
        times = [self.digest.at] if self.digest else []
        times += [self.quiet.begins, self.quiet.ends] if self.quiet else []
        if any(at.tzinfo for at in times):
            raise ValueError("Give the time on the school's wall, without a zone.")
        if self.quiet and self.quiet.begins == self.quiet.ends:
            raise ValueError("Quiet hours end at another time than they begin.")
        if self.digest and in_quiet(Choice.of(self.model_dump(mode="json")), self.digest.at):
            raise ValueError("The digest would come in your quiet hours.")
        return self


class MailChoiceShown(NewMailChoice):
    version: int
