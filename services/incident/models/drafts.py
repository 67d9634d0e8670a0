"""What somebody is still writing."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.incident.models.tables import Base


class Draft(Base):
    """The form as it was typed, as JSON. The client makes the id: it means something only together with the owner."""

    __tablename__ = "draft"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    content: Mapped[str]
    version: Mapped[int]
    begun_at: Mapped[datetime]
    saved_at: Mapped[datetime]
