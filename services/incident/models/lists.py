"""A school's own lists: the agencies it speaks to and the places where things happen."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.incident.models.tables import Base


class ListEntry(Base):
    __tablename__ = "list_entry"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    list: Mapped[str]
    name: Mapped[str]
    position: Mapped[int]
    retired_at: Mapped[datetime | None]
    merged_into: Mapped[UUID | None]
    """Which other entry it is by another name, one that has not been merged itself."""
    version: Mapped[int]
