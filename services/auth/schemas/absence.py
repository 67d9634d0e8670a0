"""Being away."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel

from shared.schemas import Body


class NewAbsence(Body):
    until_on: date
    from_on: date | None = None
    deputy_id: UUID | None = None


class AbsenceShown(BaseModel):
    from_on: date
    until_on: date
    deputy_id: UUID | None


class MaybeAway(BaseModel):
    absence: AbsenceShown | None
