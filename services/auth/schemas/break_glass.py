"""Break-glass and its review."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from services.auth.domain import GlassReason, Verdict
from services.auth.schemas.fields import Long
from shared.schemas import Body


class NewBreakGlass(Body):
    pupil_id: UUID
    reason: GlassReason
    words: Long


class GlassReview(Body):
    verdict: Verdict
    words: Long


class GlassShown(BaseModel):
    id: UUID
    staff_id: UUID
    pupil_id: UUID
    reason: GlassReason
    words: str
    began_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    ended_by_id: UUID | None
    runs: bool
    review_by: datetime
    overdue: bool
    reviewed_at: datetime | None
    reviewed_by_id: UUID | None
    verdict: Verdict | None
    review: str | None


class GlassesShown(BaseModel):
    break_glass: list[GlassShown]


class GlassHeld(BaseModel):
    """What every page of who reads behind broken glass has to say."""

    id: UUID
    pupil_id: UUID
    ends_at: datetime
