"""Groups that are alerted together, and shields."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.auth.models.tables import Base


class AlertGroup(Base):
    __tablename__ = "alert_group"

    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    version: Mapped[int]
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class GroupMember(Base):
    __tablename__ = "group_member"
    __table_args__ = (
        ForeignKeyConstraint(["school_id", "group_id"], ["alert_group.school_id", "alert_group.id"]),
        ForeignKeyConstraint(["school_id", "staff_id"], ["membership.school_id", "membership.staff_id"]),
    )

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(primary_key=True)


class Shield(Base):
    """A person is kept from a pupil or from an incident (C12)."""

    __tablename__ = "shield"

    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    pupil_id: Mapped[UUID | None]
    incident_id: Mapped[UUID | None]
    why: Mapped[str]
    raised_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
    version: Mapped[int]
