"""Sign-in, sessions, second factor and personal tokens."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from services.auth.schemas.break_glass import GlassHeld
from services.auth.schemas.fields import Code, Line, Name, Secret
from services.auth.schemas.people import SchoolShown
from shared.contracts.words import Role, TrustRole
from shared.schemas import Body


class SignIn(Body):
    email: Line
    password: Secret
    device: Secret | None = None
    address: Line | None = None
    browser: Secret | None = None
    browser_words: Name = ""


class Check(Body):
    session: Secret | None = None
    personal_token: Secret | None = None
    audience: Annotated[list[Literal["auth", "incident", "alerting"]], Field(min_length=1, max_length=10)]
    school_id: UUID | None = None
    background: bool = False

    @model_validator(mode="after")
    def _one_credential(self) -> "Check":
        if (self.session is None) == (self.personal_token is None):
            raise PydanticCustomError("value_error", "Send a session or a personal token.")
        return self


class SessionOnly(Body):
    session: Secret


class SessionPassword(Body):
    session: Secret
    password: Secret


class SessionCode(Body):
    session: Secret
    code: Code
    remember: bool = False


class SessionSchool(Body):
    session: Secret
    school_id: UUID


class OnlyCode(Body):
    code: Code


class SetPassword(Body):
    link: Secret
    password: Secret


class ForgottenPassword(Body):
    email: Line
    address: Line | None = None


class Said(BaseModel):
    message: str


class NewToken(Body):
    name: Line
    scopes: Annotated[list[Line], Field(min_length=1, max_length=50)]


class SignedIn(BaseModel):
    session: str = Field(repr=False)
    assurance: Literal["password", "mfa"]
    needs: Literal["second-factor", "enrolment"] | None
    second_factors: list[Literal["code", "passkey"]]
    schools: list[SchoolShown]
    school_id: UUID
    browser: str = Field(repr=False)


class Who(BaseModel):
    staff_id: UUID
    school_id: UUID
    roles: list[Role]
    trust_roles: list[TrustRole]
    classes: list[str]
    assurance: Literal["password", "mfa", "elevated"]
    scopes: list[str] | None
    break_glass: GlassHeld | None
    kiosk_id: UUID | None


class CheckedShown(BaseModel):
    tokens: dict[str, str] = Field(repr=False)
    staff: Who
    expires_at: datetime
    elevated_until: datetime | None


class Device(BaseModel):
    device: str | None = Field(repr=False)


class Enrolment(BaseModel):
    secret: str = Field(repr=False)
    otpauth_uri: str = Field(repr=False)
    qr_svg: str = Field(repr=False)


class RecoveryCodes(BaseModel):
    codes: list[str] = Field(repr=False)


class RecoveryCodesLeft(BaseModel):
    left: int


class SessionShown(BaseModel):
    id: UUID
    began_at: datetime
    last_seen_at: datetime
    device: str
    this: bool


class SessionsShown(BaseModel):
    sessions: list[SessionShown]


class DeviceShown(BaseModel):
    id: UUID
    remembered_at: datetime
    ends_at: datetime


class DevicesShown(BaseModel):
    devices: list[DeviceShown]


class Ended(BaseModel):
    ended: int


class TokenShown(BaseModel):
    id: UUID
    name: str
    scopes: list[str]
    created_at: datetime
    last_used_at: datetime | None


class TokenMade(TokenShown):
    token: str = Field(repr=False)


class TokensShown(BaseModel):
    tokens: list[TokenShown]
