"""Signing in with an account of a provider."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.auth.schemas.fields import Line, Long, Name, Secret
from services.auth.schemas.sign_in import SignedIn
from shared.schemas import Body


class ProviderShown(BaseModel):
    id: str
    label: str


class ProvidersShown(BaseModel):
    providers: list[ProviderShown]


class ProviderChosen(Body):
    provider: Line


class ProviderAttempt(BaseModel):
    attempt: str = Field(repr=False)
    address: str = Field(repr=False)


class CameBack(Body):
    """What a browser brings back from a provider, and what it holds of ours."""

    attempt: Secret
    state: Secret
    code: Long | None = Field(None, description="absent when the provider, or the person before it, said no")
    iss: Line | None = None
    session: Secret | None = None
    device: Secret | None = None
    browser: Secret | None = None
    browser_words: Name = ""


class WelcomeBack(BaseModel):
    signed_in: SignedIn | None
    linked: bool


class LinkedAccountShown(BaseModel):
    id: UUID
    provider: str
    label: str
    linked_at: datetime
    last_used_at: datetime | None


class LinkedAccountsShown(BaseModel):
    accounts: list[LinkedAccountShown]
