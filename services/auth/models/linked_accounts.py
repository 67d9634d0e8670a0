"""Accounts elsewhere by which somebody signs in here."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.auth.models.tables import Base


class LinkedAccount(Base):
    """Who somebody is to a provider: issuer, tenant and object id. An address is none of it: those are given anew."""

    __tablename__ = "linked_account"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    provider: Mapped[str]
    issuer: Mapped[str]
    tenant: Mapped[str]
    object_id: Mapped[str]
    linked_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class ProviderAttempt(Base):
    """A browser that is away at a provider. With a session it comes back to link an account, without one to sign in."""

    __tablename__ = "provider_attempt"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    provider: Mapped[str]
    session_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_session.id"))
    expires_at: Mapped[datetime]
