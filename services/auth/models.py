"""The tables of auth. What belongs to the whole trust has no school; everything else lies behind the school's fence."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, Date, DateTime, ForeignKey, ForeignKeyConstraint, LargeBinary, Text, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    type_annotation_map = {
        str: Text,
        bytes: LargeBinary,
        date: Date,
        datetime: DateTime(timezone=True),
        UUID: Uuid,
        list[str]: ARRAY(Text),
        list[UUID]: ARRAY(Uuid),
    }


class Trust(Base):
    __tablename__ = "trust"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    version: Mapped[int]
    created_at: Mapped[datetime]


class School(Base):
    __tablename__ = "school"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    trust_id: Mapped[UUID] = mapped_column(ForeignKey("trust.id"))
    name: Mapped[str]
    short_name: Mapped[str]
    phase: Mapped[str]
    urn: Mapped[str | None]
    danger_text: Mapped[str]
    """What the page says to somebody who is writing about a child in danger now (R56)."""
    successor_id: Mapped[UUID | None] = mapped_column(ForeignKey("school.id"))
    version: Mapped[int]
    created_at: Mapped[datetime]


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


class Credential(Base):
    """Apart from the account, so that nothing that reads names can read secrets."""

    __tablename__ = "credential"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    password_hash: Mapped[str | None]
    password_at: Mapped[datetime | None]
    totp_sealed: Mapped[bytes | None]
    totp_at: Mapped[datetime | None]
    totp_pending: Mapped[bytes | None]
    totp_step: Mapped[int | None]
    """The last step whose code was used: the same code is not taken twice."""


class TrustRoleHeld(Base):
    __tablename__ = "trust_role"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)


class StaffSession(Base):
    __tablename__ = "staff_session"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    in_school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"))
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    mfa_at: Mapped[datetime | None]
    elevated_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str | None]


class Device(Base):
    """A browser on which the second factor was given and which may be spared it for 30 days."""

    __tablename__ = "device"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class PersonalToken(Base):
    __tablename__ = "personal_token"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    in_school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"))
    name: Mapped[str]
    scopes: Mapped[list[str]]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class PasswordLink(Base):
    """The link of an invitation, or of a forgotten password (R36, R39)."""

    __tablename__ = "password_link"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Throttle(Base):
    """Tries by account and by address. The key is a hash: the table does not say whose account was tried."""

    __tablename__ = "throttle"

    key: Mapped[bytes] = mapped_column(primary_key=True)
    tries: Mapped[int]
    at: Mapped[datetime]


class Membership(Base):
    """That somebody is, or was, on a school's staff."""

    __tablename__ = "membership"

    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"), primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    joined_at: Mapped[datetime]
    told_classes: Mapped[list[str]]
    """The classes last published: when a period begins or ends, nobody writes, and others must be told all the same."""


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
