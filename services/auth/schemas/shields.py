"""Shields: what raises one, and those that hold."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from services.auth.schemas.fields import Line
from shared.schemas import Body


class NewShield(Body):
    staff_id: UUID
    pupil_id: UUID | None = None
    incident_id: UUID | None = None
    reason: Line


class ShieldShown(BaseModel):
    id: UUID


class ShieldHeld(BaseModel):
    id: UUID
    staff_id: UUID
    pupil_id: UUID | None
    incident_id: UUID | None
    reason: str
    raised_at: datetime


class ShieldsShown(BaseModel):
    shields: list[ShieldHeld]
