"""What somebody is to do about an incident, as its event brought it: ids and times, no word of what it is."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.alerting.models.tables import Base


class Duty(Base):
    __tablename__ = "duty"
    __table_args__ = (
        ForeignKeyConstraint(["school_id", "incident_id"], ["told_incident.school_id", "told_incident.id"]),
    )

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    """The action's id: the incident service has its words, and what came of it."""
    incident_id: Mapped[UUID]
    owner_id: Mapped[UUID]
    given_by_id: Mapped[UUID]
    promise: Mapped[bool]
    given_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    deputy_id: Mapped[UUID | None]
    """Who was told in the owner's place while they were away."""
    considered_id: Mapped[UUID | None]
    """The deputy who was looked at last, told or not, so that nobody is looked at again and again."""
    rung: Mapped[int]
    look_at: Mapped[datetime | None]
    """When the next in line is told; none when there is nobody left, or it is not due by any time."""
    set_at: Mapped[datetime]
    """By which `look_at` was set; a clock that shows less has been put back since."""
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[UUID | None]


class DutyEscalation(Base):
    """That the next in line was told of what is overdue: once for each rung."""

    __tablename__ = "duty_escalation"
    __table_args__ = (ForeignKeyConstraint(["school_id", "duty_id"], ["duty.school_id", "duty.id"]),)

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    duty_id: Mapped[UUID] = mapped_column(primary_key=True)
    rung: Mapped[int] = mapped_column(primary_key=True)
    fired_at: Mapped[datetime]
