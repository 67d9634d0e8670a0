"""That something was added to a concern for its writer to read."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.gateway.schemas import ACTION, ADDED, CONCERN, Answer, example


class Notice(Answer):
    id: UUID = Field(description="also the id of the action that you may read")
    incident_id: UUID
    made_at: datetime
    seen_at: datetime | None


class Notices(Answer):
    model_config = example(
        notices=[{"id": ACTION, "incident_id": CONCERN, "made_at": ADDED, "seen_at": None}], next=None
    )

    notices: list[Notice]
    next: UUID | None
