"""The school's settings: schools, staff, groups and the roll. The rules of alerts have a file of their own."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from services.gateway.schemas import GROUP, HADDAD, OKAFOR, READ, SCHOOL, Answer, Line, Name, example
from services.gateway.schemas.own import Absence
from shared.contracts.words import Role
from shared.schemas import Body, Text

if TYPE_CHECKING:
    Danger = str
else:
    Danger = Text(500)

ROLL = """\
UPN,Surname,Forename,Date of birth,Sex,Year group,Class
,Ade,Rowan,2017-03-12,M,4,4B
"""
ROLL_BODY: dict[str, Any] = {
    "required": True,
    "content": {"text/csv": {"schema": {"type": "string"}, "example": ROLL}},
}


STAFF = """\
E-mail,Title,Forename,Surname,Roles,Classes
m.haddad@rowan-lane.example,Mr,Milad,Haddad,teacher; deputy DSL,4B
"""
STAFF_BODY: dict[str, Any] = {
    "required": True,
    "content": {"text/csv": {"schema": {"type": "string"}, "example": STAFF}},
}


DANGER = "If a child is in danger now, do not write first: find Ms Okafor or Mr Boyle, or call 999."


class NewSchool(Body):
    model_config = example(name="Rowan Lane Primary School", short_name="Rowan Lane", phase="primary", urn="139000")

    name: Line
    short_name: Line | None = None
    phase: Literal["nursery", "primary", "secondary", "all-through", "special", "alternative"] = "primary"
    urn: Line | None = None


class NewDangerText(Body):
    model_config = example(danger_text=DANGER)

    danger_text: Danger


class ClassPeriod(Body):
    code: Line
    from_on: date
    to_on: date | None = None


Classes = Annotated[list[Line | ClassPeriod], Field(max_length=50)]
Roles = Annotated[list[Role], Field(max_length=10)]


class NewStaff(Body):
    model_config = example(
        email="m.haddad@rowan-lane.example",
        title="Mr",
        forename="Milad",
        surname="Haddad",
        roles=["teacher"],
        classes=["4B"],
    )

    email: Line
    title: Name = ""
    forename: Name = ""
    surname: Line
    roles: Annotated[Roles, Field(min_length=1)]
    classes: Classes = []


class NewRoles(Body):
    model_config = example(
        roles=["teacher", "deputy_dsl"], classes=["4B", {"code": "5A", "from_on": "2026-09-01", "to_on": "2027-07-20"}]
    )

    roles: Roles
    classes: Classes | None = Field(None, description="left out, the classes stay as they are")


class NewGroup(Body):
    model_config = example(name="Attendance team", member_ids=[OKAFOR, HADDAD])

    name: Line
    member_ids: Annotated[list[UUID], Field(max_length=500)]


# -------------------------------------------------------------------------------------------------------- answers
class School(Answer):
    model_config = example(id=SCHOOL, name="Rowan Lane Primary School")

    id: UUID
    name: str


class Schools(Answer):
    model_config = example(schools=[{"id": SCHOOL, "name": "Rowan Lane Primary School"}])

    schools: list[School]


class StaffMember(Answer):
    id: UUID
    name: str


class StaffList(Answer):
    model_config = example(staff=[{"id": OKAFOR, "name": "Ms Okafor"}])

    staff: list[StaffMember]


class StaffEntry(Answer):
    id: UUID
    title: str
    forename: str
    surname: str
    email: str
    roles: list[Role]
    classes: list[str]
    state: Literal["invited", "active", "disabled"] = Field(description="invited: has not set a password yet")
    last_seen_at: datetime | None
    second_factor: bool
    absence: Absence | None
    version: int


class StaffRegister(Answer):
    model_config = example(
        staff=[
            {
                "id": OKAFOR,
                "title": "Ms",
                "forename": "Ada",
                "surname": "Okafor",
                "email": "a.okafor@rowan-lane.example",
                "roles": ["lead_dsl"],
                "classes": [],
                "state": "active",
                "last_seen_at": READ,
                "second_factor": True,
                "absence": None,
                "version": 4,
            }
        ]
    )

    staff: list[StaffEntry]


class StaffImportRow(Answer):
    row: int = Field(description="the line of the file; the first is the heading")
    email: str
    became: Literal["added", "joined", "here", "refused"] = Field(
        description="joined: has an account at another school; here: on your staff already, and left as they are"
    )
    reasons: list[str]


class StaffImport(Answer):
    model_config = example(
        applied=False,
        rows=[
            {"row": 2, "email": "m.haddad@rowan-lane.example", "became": "added", "reasons": []},
            {"row": 3, "email": "ben", "became": "refused", "reasons": ["This is no e-mail address."]},
        ],
    )

    applied: bool = Field(description="false when it was only tried, or when all or nothing was asked for")
    rows: list[StaffImportRow]


class SchoolDoor(Answer):
    model_config = example(
        id=SCHOOL,
        name="Rowan Lane Primary School",
        slug="rowan-lane",
        danger_text=DANGER,
    )

    id: UUID
    name: str
    slug: str = Field(description="its short name as it stands in the school's link")
    danger_text: str


class OwnSchool(Answer):
    model_config = example(
        id=SCHOOL, name="Rowan Lane Primary School", link="rowan-lane", danger_text=DANGER, version=3
    )

    id: UUID
    name: str
    link: str = Field(description="how it stands in the address of its own sign-in page")
    danger_text: str
    version: int


class AddedStaff(Answer):
    model_config = example(id=HADDAD, invited=True)

    id: UUID
    invited: bool = Field(
        description="a mail with a link for their password is on its way; false for who has an account already"
    )


class StaffRoles(Answer):
    model_config = example(id=HADDAD, roles=["teacher", "deputy_dsl"], classes=["4B"])

    id: UUID
    roles: list[Role]
    classes: list[str]


class Group(Answer):
    model_config = example(id=GROUP, name="Attendance team", member_ids=[OKAFOR, HADDAD], version=2)

    id: UUID
    name: str
    member_ids: list[UUID]
    version: int


class Groups(Answer):
    model_config = example(
        groups=[{"id": GROUP, "name": "Attendance team", "member_ids": [OKAFOR, HADDAD], "version": 2}]
    )

    groups: list[Group]


class Begun(Answer):
    model_config = example(made=61)

    made: int


class RollReport(Answer):
    model_config = example(enrolled=1, changed=0, left=0, unchanged=419)

    enrolled: int
    changed: int
    left: int
    unchanged: int
