"""What is kept for those who read a child's record: when they last looked, and what was called significant."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.incident.models.tables import Base


class LastLook(Base):
    """When a member of staff last looked at a child's chronology, and when the time before that."""

    __tablename__ = "last_look"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    before: Mapped[datetime | None]


class SignificantEvent(Base):
    """An incident called significant for a child, or, with a reason and no headline, no longer. The highest counts."""

    __tablename__ = "significant_event"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    headline: Mapped[str | None]
    analysis: Mapped[str | None]
    reason: Mapped[str | None]
    by_id: Mapped[UUID]
    at: Mapped[datetime]
