"""The trust and its schools."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.auth.models.tables import Base


class Trust(Base):
    __tablename__ = "trust"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    version: Mapped[int]
    created_at: Mapped[datetime]


class School(Base):
    __tablename__ = "school"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    trust_id: Mapped[UUID] = mapped_column(ForeignKey("trust.id"))
    name: Mapped[str]
    short_name: Mapped[str]
    phase: Mapped[str]
    urn: Mapped[str | None]
    danger_text: Mapped[str]
    """What the page says to somebody who is writing about a child in danger now (R56)."""
    successor_id: Mapped[UUID | None] = mapped_column(ForeignKey("school.id"))
    version: Mapped[int]
    created_at: Mapped[datetime]
