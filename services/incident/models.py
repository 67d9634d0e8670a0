"""The tables of incident. Every row lies behind its school's fence; what was written has no right to be changed."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, DateTime, LargeBinary, Text, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    type_annotation_map = {
        str: Text,
        bytes: LargeBinary,
        date: Date,
        datetime: DateTime(timezone=True),
        UUID: Uuid,
    }


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
    version: Mapped[int]

    @property
    def name(self) -> str:
        return f"{self.forename} {self.surname}"


class PupilIdentifier(Base):
    """Identifiers are rows, not columns: a child may have had another UPN, and there will be an NHS number."""

    __tablename__ = "pupil_identifier"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID]
    since: Mapped[date]


class Category(Base):
    __tablename__ = "category"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    parent_id: Mapped[UUID | None]
    name: Mapped[str]
    sensitivity: Mapped[int]
    position: Mapped[int]
    retired_at: Mapped[datetime | None]
    version: Mapped[int]


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
    occurred_at: Mapped[datetime]
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


class Action(Base):
    __tablename__ = "action"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[UUID]
    author_id: Mapped[UUID]
    text: Mapped[str]
    created_at: Mapped[datetime]
    tell_author: Mapped[bool]


class ActionPupil(Base):
    """An action is stored per child it is for (C8)."""

    __tablename__ = "action_pupil"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    action_id: Mapped[UUID] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(primary_key=True)


class Addendum(Base):
    """What the author added later (C1)."""

    __tablename__ = "addendum"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[UUID]
    author_id: Mapped[UUID]
    text: Mapped[str]
    created_at: Mapped[datetime]


class IncidentStep(Base):
    """Closed and reopened, by whom and why."""

    __tablename__ = "incident_step"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[UUID]
    step: Mapped[str]
    by_id: Mapped[UUID]
    reason: Mapped[str]
    at: Mapped[datetime]


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


class IdempotencyKey(Base):
    """A double tap is one incident: the key, and a hash of what came with it."""

    __tablename__ = "idempotency_key"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes]
    incident_id: Mapped[UUID]
    at: Mapped[datetime]
