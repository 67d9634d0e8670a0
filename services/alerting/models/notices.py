"""That an author was told of added detail (R57, R123): which action, and nothing of what it says."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.alerting.models.tables import Base


class AuthorNotice(Base):
    __tablename__ = "author_notice"
    __table_args__ = (
        ForeignKeyConstraint(["school_id", "incident_id"], ["told_incident.school_id", "told_incident.id"]),
    )

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    """The action's id."""
    incident_id: Mapped[UUID]
    staff_id: Mapped[UUID]
    made_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
