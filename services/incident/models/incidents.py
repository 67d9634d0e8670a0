"""Incidents: what changes of one, and its words, which do not."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.incident.models.tables import Base


class Incident(Base):
    """What changes of an incident. Its words are in `IncidentRevision`."""

    __tablename__ = "incident"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    author_id: Mapped[UUID]
    logged_at: Mapped[datetime]
    urgent: Mapped[bool]
    state: Mapped[str]
    sensitivity: Mapped[int]
    revision: Mapped[int]
    version: Mapped[int]
    kiosk_id: Mapped[UUID | None]
    """The device of the school it was written on, where it was none of the author's own."""


class IncidentNumber(Base):
    """The short number people say, counted per school."""

    __tablename__ = "incident_number"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[UUID]


class IncidentRevision(Base):
    __tablename__ = "incident_revision"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    narrative: Mapped[str]
    action_taken: Mapped[str | None]
    occurred_at: Mapped[datetime | None]
    time_known: Mapped[str]
    late_by: Mapped[int | None]
    location_id: Mapped[UUID | None]
    location_words: Mapped[str | None]
    sanction: Mapped[str | None]
    told_in_person_id: Mapped[UUID | None]
    by_id: Mapped[UUID]
    reason: Mapped[str | None]
    at: Mapped[datetime]


class IncidentCategory(Base):
    __tablename__ = "incident_category"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    category_id: Mapped[UUID] = mapped_column(primary_key=True)


class IncidentPupil(Base):
    """A child in one revision of an incident, with the class they were in when it was written."""

    __tablename__ = "incident_pupil"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int]
    part: Mapped[str]
    year_group: Mapped[str]
    class_code: Mapped[str | None]


class IncidentPupilCategory(Base):
    __tablename__ = "incident_pupil_category"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(primary_key=True)
    category_id: Mapped[UUID] = mapped_column(primary_key=True)


class IdempotencyKey(Base):
    """A double tap is one incident: the key, and a hash of what came with it."""

    __tablename__ = "idempotency_key"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes]
    incident_id: Mapped[UUID]
    at: Mapped[datetime]
