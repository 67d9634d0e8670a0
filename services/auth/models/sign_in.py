"""By what somebody is known: secrets, sessions, devices, tokens, links, and the tries at them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.auth.models.tables import Base


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
    kiosk_id: Mapped[UUID | None]
    """The device of the school it was begun on, where one can log and nothing else."""
    device: Mapped[str] = mapped_column(default="")
    """The kind of browser and system in plain words; what exactly it called itself is nobody's to keep."""


class Device(Base):
    """A browser on which the second factor was given and which may be spared it for 30 days."""

    __tablename__ = "device"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class KnownBrowser(Base):
    """A browser that somebody has signed in with before. It spares them nothing; a sign-in with another one is told."""

    __tablename__ = "known_browser"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    since: Mapped[datetime]
    seen_at: Mapped[datetime]


class RecoveryCode(Base):
    __tablename__ = "recovery_code"

    code_hash: Mapped[bytes] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


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


class LinkRequest(Base):
    """That somebody forgot a password: answered after the request was, so that known and unknown take as long."""

    __tablename__ = "link_request"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str]
    asked_at: Mapped[datetime]


class Throttle(Base):
    """Tries by account and by address. The key is a hash: the table does not say whose account was tried."""

    __tablename__ = "throttle"

    key: Mapped[bytes] = mapped_column(primary_key=True)
    tries: Mapped[int]
    at: Mapped[datetime]
