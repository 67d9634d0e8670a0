"""What belongs to the person themselves."""

from datetime import date, datetime, time
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.gateway.schemas import HADDAD, LOGGED, READ, SESSION, Answer, example
from shared.schemas import Body

Weekday = Literal[0, 1, 2, 3, 4, 5, 6]


class SessionShown(Answer):
    id: UUID
    began_at: datetime
    last_seen_at: datetime
    device: str = Field(description="the kind of browser and system; empty if it is not known")
    this: bool = Field(description="the one you are asking with")


class Sessions(Answer):
    model_config = example(
        sessions=[
            {"id": SESSION, "began_at": LOGGED, "last_seen_at": READ, "device": "Firefox on Windows", "this": True}
        ]
    )

    sessions: list[SessionShown]


class Ended(Answer):
    model_config = example(ended=2)

    ended: int


class DeviceShown(Answer):
    id: UUID
    remembered_at: datetime
    ends_at: datetime


class Devices(Answer):
    model_config = example(devices=[{"id": SESSION, "remembered_at": LOGGED, "ends_at": READ}])

    devices: list[DeviceShown]


class RecoveryCodes(Answer):
    model_config = example(codes=["k7mw-2hpd-x9ra-cj4t", "b3nf-8vqy-6gze-w5hm"])

    codes: list[str] = Field(description="ten, shown this once")


class RecoveryCodesLeft(Answer):
    model_config = example(left=9)

    left: int


class NewAbsence(Body):
    model_config = example(until_on="2026-03-20", deputy_id=HADDAD)

    until_on: date = Field(description="the last day")
    from_on: date | None = Field(None, description="the first day; today if left out")
    deputy_id: UUID | None = Field(None, description="who is alerted in their place meanwhile")


class Absence(Answer):
    from_on: date
    until_on: date
    deputy_id: UUID | None


class MaybeAway(Answer):
    model_config = example(absence={"from_on": "2026-03-03", "until_on": "2026-03-20", "deputy_id": HADDAD})

    absence: Absence | None


class Digest(Body):
    at: time
    days: Annotated[list[Weekday], Field(min_length=1, max_length=7, description="Monday is 0")] = [0, 1, 2, 3, 4]


class Quiet(Body):
    begins: time
    ends: time


class NewMailChoice(Body):
    model_config = example(
        digest={"at": "15:30:00", "days": [0, 1, 2, 3, 4]}, quiet={"begins": "18:00:00", "ends": "07:30:00"}
    )

    digest: Digest | None = Field(None, description="one mail at this time for all that could wait; null: none")
    quiet: Quiet | None = Field(None, description="none that can wait between these times, which may go over midnight")


class MailChoice(Answer):
    model_config = example(
        version=1, digest={"at": "15:30:00", "days": [0, 1, 2, 3, 4]}, quiet={"begins": "18:00:00", "ends": "07:30:00"}
    )

    version: int
    digest: Digest | None
    quiet: Quiet | None
