"""Files of the roll between their dry run and being applied."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.incident.models.tables import Base


class RollImport(Base):
    __tablename__ = "roll_import"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    by_id: Mapped[UUID]
    at: Mapped[datetime]
    expires_at: Mapped[datetime]
    kind: Mapped[str]
    version: Mapped[str]
    whole: Mapped[bool]
    as_of: Mapped[date | None]
    encoding: Mapped[str]
    separator: Mapped[str]
    headings: Mapped[list[str]] = mapped_column(JSONB)
    mapping: Mapped[dict[str, str | None]] = mapped_column(JSONB)
    unknown: Mapped[list[str]] = mapped_column(JSONB)
    state: Mapped[str]
    total: Mapped[int]
    done: Mapped[int]
    counts: Mapped[dict[str, int]] = mapped_column(JSONB)
    applied_at: Mapped[datetime | None]
    applied_by: Mapped[UUID | None]


class RollImportRow(Base):
    """A line of the file as it came, and what would come of it."""

    __tablename__ = "roll_import_row"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    cells: Mapped[Any] = mapped_column(JSONB)
    name: Mapped[str]
    outcome: Mapped[str]
    pupil_id: Mapped[UUID | None]
    changes: Mapped[list[str]] = mapped_column(JSONB)
    faults: Mapped[list[list[str]]] = mapped_column(JSONB)


class RollImportDue(Base):
    """When which school's file is to be gone."""

    __tablename__ = "roll_import_due"

    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    school: Mapped[UUID]
    expires_at: Mapped[datetime]
