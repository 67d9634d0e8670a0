"""Who works where, as what."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.auth.models.tables import Base


class StaffAccount(Base):
    __tablename__ = "staff"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str]
    email_key: Mapped[str]
    title: Mapped[str]
    forename: Mapped[str]
    surname: Mapped[str]
    home_school_id: Mapped[UUID | None] = mapped_column(ForeignKey("school.id"))
    """Where they were added first: the school they are in after signing in, and the one their mail names."""
    disabled_at: Mapped[datetime | None]
    version: Mapped[int]
    created_at: Mapped[datetime]

    @property
    def display_name(self) -> str:
        return f"{self.title} {self.surname}".strip()


class TrustRoleHeld(Base):
    __tablename__ = "trust_role"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)


class Membership(Base):
    """That somebody is, or was, on a school's staff."""

    __tablename__ = "membership"

    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"), primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    joined_at: Mapped[datetime]
    told_classes: Mapped[list[str]]
    """The classes last published: when a period begins or ends, nobody writes, and others must be told all the same."""
    away_from: Mapped[date | None]
    away_until: Mapped[date | None]
    deputy_id: Mapped[UUID | None]
    told_away: Mapped[bool] = mapped_column(default=False)
    """Whether others were last told that they are away."""


class RoleHeld(Base):
    __tablename__ = "staff_role"
    __table_args__ = (ForeignKeyConstraint(["school_id", "staff_id"], ["membership.school_id", "membership.staff_id"]),)

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)


class ClassTaught(Base):
    __tablename__ = "class_taught"
    __table_args__ = (ForeignKeyConstraint(["school_id", "staff_id"], ["membership.school_id", "membership.staff_id"]),)

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID]
    code: Mapped[str]
    from_on: Mapped[date]
    to_on: Mapped[date | None]
