"""Break-glass: who opened which child's record, why, and what came of the review."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.auth.models.tables import Base


class BreakGlass(Base):
    __tablename__ = "break_glass"

    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    pupil_id: Mapped[UUID]
    reason: Mapped[str]
    words: Mapped[str]
    told: Mapped[list[UUID]]
    """Who was told at once, and by that may review it whatever their role is later."""
    began_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """Ended before its time; else it ends by itself."""
    ended_by_id: Mapped[UUID | None]
    reviewed_at: Mapped[datetime | None]
    reviewed_by_id: Mapped[UUID | None]
    verdict: Mapped[str | None]
    review: Mapped[str | None]

    def runs(self, now: datetime) -> bool:
        return self.ended_at is None and now < self.ends_at
