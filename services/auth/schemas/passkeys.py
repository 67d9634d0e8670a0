"""Passkeys, as a browser's `PublicKeyCredential` reads and writes them in JSON."""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pydantic import BaseModel, Field

from services.auth.schemas.fields import Name, Secret
from shared.schemas import Body, Text

if TYPE_CHECKING:
    PasskeyName = str
else:
    PasskeyName = Text(60)

# What else a browser says of a credential changes from year to year; what is read of it is checked where it is read.
Credential = dict[str, Any]


class NewPasskey(Body):
    name: PasskeyName
    credential: Credential


class SessionPasskey(Body):
    session: Secret
    credential: Credential
    remember: bool = False


class SignInPasskey(Body):
    attempt: Secret
    credential: Credential
    browser: Secret | None = None
    browser_words: Name = ""


class PasskeyShown(BaseModel):
    id: UUID
    name: str
    made_at: datetime
    last_used_at: datetime | None


class PasskeysShown(BaseModel):
    passkeys: list[PasskeyShown]


class PasskeyAttempt(BaseModel):
    attempt: str = Field(repr=False)
    options: dict[str, Any]


class SecondFactorsShown(BaseModel):
    code: bool
    passkeys: int
    recovery_codes_left: int
