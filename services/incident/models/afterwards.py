"""What follows an incident: actions, addenda, steps."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.incident.models.tables import Base


class Action(Base):
    __tablename__ = "action"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[UUID]
    author_id: Mapped[UUID]
    text: Mapped[str]
    created_at: Mapped[datetime]
    tell_author: Mapped[bool]
    owner_id: Mapped[UUID | None]
    due_at: Mapped[datetime | None]
    promise: Mapped[bool]


class ActionPupil(Base):
    """An action is stored per child it is for (C8)."""

    __tablename__ = "action_pupil"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    action_id: Mapped[UUID] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(primary_key=True)


class ActionFinished(Base):
    """That an action was done, by whom and with what outcome; once, and not to be changed."""

    __tablename__ = "action_finished"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    action_id: Mapped[UUID] = mapped_column(primary_key=True)
    by_id: Mapped[UUID]
    note: Mapped[str]
    at: Mapped[datetime]


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


class Decision(Base):
    """What was decided, what else was possible, and why (R1)."""

    __tablename__ = "decision"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[UUID]
    by_id: Mapped[UUID]
    kind: Mapped[str]
    what: Mapped[str]
    alternatives: Mapped[str]
    reason: Mapped[str]
    body: Mapped[str | None]
    reference: Mapped[str | None]
    at: Mapped[datetime]


class DecisionPupil(Base):
    __tablename__ = "decision_pupil"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    decision_id: Mapped[UUID] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(primary_key=True)


class Consent(Base):
    """Whether consent was asked, given, refused or not sought, for one child (R130). The newest counts, all stay."""

    __tablename__ = "consent"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[UUID]
    pupil_id: Mapped[UUID]
    answer: Mapped[str]
    ground: Mapped[str | None]
    of_whom: Mapped[str | None]
    asked_by_id: Mapped[UUID | None]
    asked_at: Mapped[datetime | None]
    note: Mapped[str | None]
    by_id: Mapped[UUID]
    at: Mapped[datetime]


class IncidentChange(Base):
    """Which row came with which version; of a correction, whose row has no id of its own, the incident's id stands."""

    __tablename__ = "incident_change"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    row_id: Mapped[UUID] = mapped_column(primary_key=True)
