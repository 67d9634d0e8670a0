"""The roll: children and the numbers by which others know them."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.incident.models.tables import Base


class Pupil(Base):
    __tablename__ = "pupil"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    surname: Mapped[str]
    forename: Mapped[str]
    born: Mapped[date]
    sex: Mapped[str]
    year_group: Mapped[str]
    class_code: Mapped[str | None]
    class_id: Mapped[UUID | None]
    search_words: Mapped[str]
    enrolled_on: Mapped[date]
    left_on: Mapped[date | None]
    preferred_forename: Mapped[str | None]
    preferred_surname: Mapped[str | None]
    names_apart: Mapped[bool]
    version: Mapped[int]

    @property
    def name(self) -> str:
        """As the child is called; `forename` and `surname` are the legal name."""
        return f"{self.preferred_forename or self.forename} {self.preferred_surname or self.surname}"


class PupilIdentifier(Base):
    """Identifiers are rows, not columns: a child may have had another UPN, and there will be an NHS number."""

    __tablename__ = "pupil_identifier"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID]
    source: Mapped[str]
    since: Mapped[date]
    until: Mapped[date | None]
