"""When somebody wants mails that can wait, and the mails that do."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.alerting.models.tables import Base


class MailChoice(Base):
    __tablename__ = "mail_choice"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    words: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime]


class HeldMail(Base):
    """A mail that waits for its person's time. The alert or notice it is about stands in the house already."""

    __tablename__ = "held_mail"
    __table_args__ = (
        ForeignKeyConstraint(["school_id", "incident_id"], ["told_incident.school_id", "told_incident.id"]),
    )

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID]
    kind: Mapped[str]
    incident_id: Mapped[UUID]
    about_id: Mapped[UUID]
    """The alert's id, or the notice's."""
    due_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """When it went, or was found to be of no use any more."""
