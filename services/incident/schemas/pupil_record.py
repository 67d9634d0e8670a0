"""A child's record: what is shown of it, and what is changed by hand."""

from datetime import date
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from pydantic import BaseModel

from shared.schemas import Body, Text

if TYPE_CHECKING:
    GivenName = str
    Note = str
    Why = str
else:
    GivenName = Text(100)
    Note = Text(500)
    Why = Text(500)

Flag = Literal["child_protection_plan", "child_in_need", "safe_address", "looked_after", "ehcp", "medical"]


class NameShown(BaseModel):
    kind: str
    forename: str
    surname: str
    until: date | None


class IdentifierShown(BaseModel):
    kind: str
    value: str | None
    source: str
    since: date
    until: date | None


class PhoneShown(BaseModel):
    kind: str
    number: str


class ContactShown(BaseModel):
    id: UUID
    priority: int
    name: str
    relationship: str
    phones: list[PhoneShown]
    email: str | None
    parental_responsibility: bool | None
    do_not_contact: bool
    do_not_contact_reason: str | None


class AttendanceShown(BaseModel):
    as_of: date
    possible: int
    attended: int
    authorised: int
    unauthorised: int
    percent: float | None
    source: str


class FlagShown(BaseModel):
    id: UUID
    kind: str
    since: date
    until: date | None
    note: str | None


class PupilRecordShown(BaseModel):
    id: UUID
    break_glass: bool
    name: str
    legal_forename: str
    legal_surname: str
    preferred_forename: str | None
    preferred_surname: str | None
    names_before: list[NameShown]
    names_apart: bool | None
    born: date
    sex: str
    year_group: str
    class_code: str | None
    enrolled_on: date
    left_on: date | None
    identifiers: list[IdentifierShown]
    contacts: list[ContactShown]
    attendance: AttendanceShown | None
    flags: list[FlagShown]


class PreferredName(Body):
    forename: GivenName | None = None
    surname: GivenName | None = None


class NamesApart(Body):
    reason: Why


class DoNotContact(Body):
    reason: Why | None


class NewFlag(Body):
    kind: Flag
    since: date | None = None
    note: Note | None = None


class FlagRaised(BaseModel):
    id: UUID


class FlagEnds(Body):
    until: date | None = None
