"""A school's own systems that are told by HTTP, and what they are told: ids and times."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.alerting.models.tables import Base


class Webhook(Base):
    __tablename__ = "webhook"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    url: Mapped[str]
    events: Mapped[list[str]]
    secret: Mapped[bytes]
    """Sealed: it was shown once, and is opened again only to sign."""
    made_by_id: Mapped[UUID]
    made_at: Mapped[datetime]
    failures: Mapped[int]
    """Tries since it last took one."""
    off_at: Mapped[datetime | None]
    off_because: Mapped[str | None]


class WebhookDelivery(Base):
    __tablename__ = "webhook_delivery"
    __table_args__ = (ForeignKeyConstraint(["school_id", "webhook_id"], ["webhook.school_id", "webhook.id"]),)

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    """What the receiver knows it by: the same at every try."""
    webhook_id: Mapped[UUID]
    type: Mapped[str]
    data: Mapped[dict[str, Any]]
    state: Mapped[str]
    attempts: Mapped[int]
    next_try_at: Mapped[datetime]
    made_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None]
