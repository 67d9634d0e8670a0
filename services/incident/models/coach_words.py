"""What a school adds to the word lists of the writing coach."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.incident.models.tables import Base


class CoachWords(Base):
    __tablename__ = "coach_words"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    version: Mapped[int]
    by_id: Mapped[UUID]
    at: Mapped[datetime]
