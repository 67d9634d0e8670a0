"""Schools, staff and groups."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.auth.domain import Period
from services.auth.schemas.absence import AbsenceShown
from services.auth.schemas.fields import Ids, Line, Name
from shared.contracts.words import Role
from shared.schemas import Body


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


class SchoolShown(BaseModel):
    id: UUID
    name: str


class SchoolsShown(BaseModel):
    schools: list[SchoolShown]


class StaffShown(BaseModel):
    id: UUID
    name: str


class StaffListed(BaseModel):
    staff: list[StaffShown]


class StaffEntry(BaseModel):
    id: UUID
    title: str
    forename: str
    surname: str
    email: str
    roles: list[Role]
    classes: list[str]
    state: Literal["invited", "active", "disabled"]
    last_seen_at: datetime | None
    second_factor: bool
    absence: AbsenceShown | None
    version: int


class StaffRegister(BaseModel):
    staff: list[StaffEntry]


class SchoolAsked(Body):
    school: Line


class SchoolDoor(BaseModel):
    """What the sign-in page of a school's own link says, before anybody has signed in."""

    id: UUID
    name: str
    slug: str
    danger_text: str


class StaffAdded(BaseModel):
    id: UUID
    invited: bool = Field(
        description="a mail with the link for their password is on its way; false for a known account"
    )


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
