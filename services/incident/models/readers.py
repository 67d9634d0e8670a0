"""Who may read, as `alerting` has told."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.incident.models.tables import Base


class Reader(Base):
    """Whom an alert names: a copy of what `alerting` has told."""

    __tablename__ = "reader"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(primary_key=True)
    alert_id: Mapped[UUID]
    since: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    version: Mapped[int]
