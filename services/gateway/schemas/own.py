"""What belongs to the person themselves."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from services.gateway.schemas import HADDAD, LOGGED, READ, SESSION, Answer, example
from shared.schemas import Body


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
