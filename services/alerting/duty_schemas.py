from datetime import datetime
from uuid import UUID

from pydantic import BaseModel


class DutyShown(BaseModel):
    id: UUID
    """The action's id, under which the incident service has its words."""
    incident_id: UUID
    owner_id: UUID
    deputy_id: UUID | None
    """Who stands in for the owner, told because they were away."""
    given_by_id: UUID
    promise: bool
    given_at: datetime
    due_at: datetime | None
    overdue: bool
    done_at: datetime | None
    done_by_id: UUID | None


class OpenedDutyShown(DutyShown):
    voucher: str | None
    """For the incident service, good for 60 seconds: this person stands in for the owner. None for the owner."""


class DutiesShown(BaseModel):
    duties: list[DutyShown]
    next: str | None
