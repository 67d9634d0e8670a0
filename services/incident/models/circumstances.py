"""What one revision says beside its words: action already taken, agencies spoken to, marks on a body."""

from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.incident.models.tables import Base


class IncidentTaken(Base):
    """An action the writer had already taken; for which of the children is `IncidentTakenPupil`'s to say (C8)."""

    __tablename__ = "incident_taken"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


class IncidentTakenPupil(Base):
    __tablename__ = "incident_taken_pupil"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(primary_key=True)


class IncidentAgency(Base):
    __tablename__ = "incident_agency"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[UUID]
    note: Mapped[str | None]


class IncidentMark(Base):
    """A mark on a body map, numbered per child. Where it is is a share of the drawing, whose version is kept."""

    __tablename__ = "incident_mark"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    view: Mapped[str]
    figure: Mapped[str]
    x: Mapped[float]
    y: Mapped[float]
    kind: Mapped[str]
    size_mm: Mapped[int | None]
    colour: Mapped[str | None]
    words: Mapped[str | None]
    drawing_version: Mapped[int]
