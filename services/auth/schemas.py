"""What auth takes and gives."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from services.auth.domain import Period
from shared.contracts.words import Role, TrustRole
from shared.schemas import Body, Text

if TYPE_CHECKING:
    Line = str
    Name = str
    Secret = str
    Code = str
    Long = str
else:
    Line = Text(200)
    Name = Text(100, shortest=0)
    Secret = Text(1000, strip=False)
    Code = Text(32)
    Long = Text(2000)

Ids = Annotated[list[UUID], Field(max_length=500)]


class SignIn(Body):
    email: Line
    password: Secret
    device: Secret | None = None
    address: Line | None = None


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


class NewToken(Body):
    name: Line
    scopes: Annotated[list[Line], Field(min_length=1, max_length=50)]


class NewSchool(Body):
    name: Line
    short_name: Line | None = None
    phase: Literal["nursery", "primary", "secondary", "all-through", "special", "alternative"] = "primary"
    urn: Line | None = None


class ClassPeriod(Body):
    code: Line
    from_on: date
    to_on: date | None = None

    def period(self) -> Period:
        return Period(self.code, self.from_on, self.to_on)


Classes = Annotated[list[Line | ClassPeriod], Field(max_length=50)]
Roles = Annotated[list[Role], Field(max_length=10)]


class NewStaff(Body):
    email: Line
    title: Name = ""
    forename: Name = ""
    surname: Line
    roles: Annotated[Roles, Field(min_length=1)]
    classes: Classes = []


class StaffRoles(Body):
    roles: Roles
    classes: Classes | None = None


class GroupBody(Body):
    name: Line
    member_ids: Ids


class NewShield(Body):
    staff_id: UUID
    pupil_id: UUID | None = None
    incident_id: UUID | None = None
    reason: Line


class ServiceToken(Body):
    audience: Literal["auth", "incident", "alerting"]


class StaffIds(Body):
    staff_ids: Ids


# -------------------------------------------------------------------------------------------------------- answers
class SchoolShown(BaseModel):
    id: UUID
    name: str


class SchoolsShown(BaseModel):
    schools: list[SchoolShown]


class SignedIn(BaseModel):
    session: str = Field(repr=False)
    assurance: Literal["password", "mfa"]
    needs: Literal["second-factor", "enrolment"] | None
    schools: list[SchoolShown]
    school_id: UUID


class Who(BaseModel):
    staff_id: UUID
    school_id: UUID
    roles: list[Role]
    trust_roles: list[TrustRole]
    classes: list[str]
    assurance: Literal["password", "mfa", "elevated"]
    scopes: list[str] | None


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


class StaffShown(BaseModel):
    id: UUID
    name: str


class StaffListed(BaseModel):
    staff: list[StaffShown]


class StaffAdded(BaseModel):
    id: UUID
    link: str | None = Field(repr=False, description="the secret of the link for a new account; shown this once")


class StaffRolesShown(BaseModel):
    id: UUID
    roles: list[Role]
    classes: list[str]


class GroupShown(BaseModel):
    id: UUID
    name: str
    member_ids: list[UUID]
    version: int


class GroupsShown(BaseModel):
    groups: list[GroupShown]


class ShieldShown(BaseModel):
    id: UUID
