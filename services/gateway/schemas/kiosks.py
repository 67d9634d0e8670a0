"""Kiosks: devices of a school for recording, registered by the DSL team and used by everybody of its staff."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.gateway.schemas import HADDAD, KIOSK, LOGGED, OKAFOR, READ, SCHOOL, Answer, Line, Secret, example
from services.gateway.schemas.sessions import CSRF_EXAMPLE
from shared.schemas import Body

TOKEN = "heed_kiosk_01937b5e2a107c119a1e5d2f6a0b1c21_3q2-7wAVv0…"  # noqa: S105 - an example


class NewKiosk(Body):
    model_config = example(name="Staff room")

    name: Line


class Kiosk(Answer):
    id: UUID
    name: str
    made_by_id: UUID
    made_at: datetime
    last_seen_at: datetime | None = Field(description="null for one that was never used")
    revoked_at: datetime | None


ROW = {
    "id": KIOSK,
    "name": "Staff room",
    "made_by_id": OKAFOR,
    "made_at": LOGGED,
    "last_seen_at": READ,
    "revoked_at": None,
}


class MadeKiosk(Kiosk):
    model_config = example(**ROW | {"last_seen_at": None, "token": TOKEN})

    token: str = Field(description="shown this once; give it to the device at `/kiosk`")


class Kiosks(Answer):
    model_config = example(kiosks=[ROW], names={str(OKAFOR): "Ms Okafor"}, notices=[])

    kiosks: list[Kiosk]
    names: dict[UUID, str] = Field(description="the names of those who are mentioned")
    notices: list[str]


class BecomeKiosk(Body):
    model_config = example(token=TOKEN)

    token: Secret


class KioskDoor(Answer):
    model_config = example(
        id=KIOSK,
        name="Staff room",
        school_id=SCHOOL,
        school_name="Rowan Lane Primary School",
        danger_text="If a child is in danger now, do not write first: find a DSL at once, or call 999.",
    )

    id: UUID
    name: str
    school_id: UUID
    school_name: str
    danger_text: str = Field(description="to be shown before anybody has signed in")


class KioskSignIn(Body):
    model_config = example(email="k.haddad@rowan-lane.example", password="three lamps over the canal")

    email: Line
    password: Secret


class OnKiosk(Answer):
    model_config = example(staff_id=HADDAD, name="Mr Haddad", school_id=SCHOOL, ends_at=READ, csrf_token=CSRF_EXAMPLE)

    staff_id: UUID
    name: str
    school_id: UUID
    ends_at: datetime = Field(description="at the latest; after five minutes unused it ends sooner")
    csrf_token: str = Field(description="repeat it in the header X-CSRF-Token with whatever you send")
