"""What a school knows of a child beside their place on the roll: names, contacts, attendance and flags."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.incident.models.tables import Base


class PupilName(Base):
    """A name of before. Those of now are in the pupil's row."""

    __tablename__ = "pupil_name"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID]
    kind: Mapped[str]
    forename: Mapped[str]
    surname: Mapped[str]
    until: Mapped[date | None]
    source: Mapped[str]


class PupilContact(Base):
    __tablename__ = "pupil_contact"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID]
    priority: Mapped[int]
    title: Mapped[str]
    forename: Mapped[str]
    surname: Mapped[str]
    relationship: Mapped[str]
    phones: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    email: Mapped[str | None]
    parental_responsibility: Mapped[bool | None]
    do_not_contact: Mapped[bool]
    do_not_contact_reason: Mapped[str | None]
    source: Mapped[str]
    since: Mapped[date]
    until: Mapped[date | None]

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.title, self.forename, self.surname) if part)


class Attendance(Base):
    """Sessions (half days) of the school year so far, as of a day."""

    __tablename__ = "pupil_attendance"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(primary_key=True)
    as_of: Mapped[date] = mapped_column(primary_key=True)
    possible: Mapped[int]
    attended: Mapped[int]
    authorised: Mapped[int]
    unauthorised: Mapped[int]
    source: Mapped[str]


class PupilFlag(Base):
    __tablename__ = "pupil_flag"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID]
    kind: Mapped[str]
    since: Mapped[date]
    until: Mapped[date | None]
    note: Mapped[str | None]
    source: Mapped[str]
    raised_by: Mapped[UUID]
    ended_by: Mapped[UUID | None]
