"""What kinds of concern a school tells apart."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.incident.models.tables import Base


class Category(Base):
    __tablename__ = "category"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    parent_id: Mapped[UUID | None]
    name: Mapped[str]
    sensitivity: Mapped[int]
    position: Mapped[int]
    retired_at: Mapped[datetime | None]
    merged_into: Mapped[UUID | None]
    log_within_minutes: Mapped[int | None]
    asks_sanction: Mapped[bool]
    must_follow_up: Mapped[bool]
    version: Mapped[int]
