"""Kiosks: registered by the DSL team, used by everybody."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.auth.schemas.fields import Line, Secret
from shared.schemas import Body


class NewKiosk(Body):
    name: Line


class KioskShown(BaseModel):
    id: UUID
    name: str
    made_by_id: UUID
    made_at: datetime
    last_seen_at: datetime | None
    revoked_at: datetime | None


class KioskMade(KioskShown):
    token: str = Field(repr=False)


class KiosksShown(BaseModel):
    kiosks: list[KioskShown]


class KioskToken(Body):
    kiosk: Secret


class KioskSignIn(KioskToken):
    email: Line
    password: Secret
    address: Line | None = None


class KioskDoor(BaseModel):
    """What a kiosk shows before anybody has signed in."""

    id: UUID
    name: str
    school_id: UUID
    school_name: str
    danger_text: str


class KioskSession(BaseModel):
    session: str = Field(repr=False)
    staff_id: UUID
    name: str
    school_id: UUID
    ends_at: datetime
