"""A child's record."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.gateway.schemas import FLAG, GUARDIAN, ROWAN, Answer, Line, example
from shared.schemas import Body

Kind = Literal["child_protection_plan", "child_in_need", "safe_address", "looked_after", "ehcp", "medical"]


class PreferredName(Body):
    model_config = example(forename="Ro", surname=None)

    forename: Line | None = None
    surname: Line | None = None


class NamesApart(Body):
    model_config = example(reason="Adoption order made on 3 March; told by the social worker.")

    reason: Line


class DoNotContact(Body):
    model_config = example(reason="Court order of 12 January: no contact.")

    reason: Line | None = Field(description="why not; null: they may be contacted again")


class NewFlag(Body):
    model_config = example(kind="medical", since="2026-09-01", note="Asthma; the inhaler is in the office.")

    kind: Kind
    since: date | None = Field(None, description="today, if left out")
    note: Line | None = None


class FlagEnds(Body):
    model_config = example(until="2026-12-18")

    until: date | None = Field(None, description="today, if left out")


# -------------------------------------------------------------------------------------------------------- answers
class FlagRaised(Answer):
    model_config = example(id=FLAG)

    id: UUID


class NameBefore(BaseModel):
    kind: Literal["legal", "preferred", "former"]
    forename: str
    surname: str
    until: date | None


class Identifier(BaseModel):
    kind: str = Field(description="upn, temporary_upn, former_upn, local_id or nhs_number")
    value: str | None = Field(description="null unless asked for")
    source: str
    since: date
    until: date | None


class Phone(BaseModel):
    kind: str
    number: str


class Contact(BaseModel):
    id: UUID
    priority: int = Field(description="1 is called first")
    name: str
    relationship: str
    phones: list[Phone]
    email: str | None
    parental_responsibility: bool | None
    do_not_contact: bool
    do_not_contact_reason: str | None


class Attendance(BaseModel):
    as_of: date
    possible: int = Field(description="sessions, which are half days")
    attended: int
    authorised: int
    unauthorised: int
    percent: float | None
    source: str


class Flag(BaseModel):
    id: UUID
    kind: Kind
    since: date
    until: date | None
    note: str | None


class PupilRecord(Answer):
    model_config = example(
        id=ROWAN,
        break_glass=False,
        name="Ro Ade",
        legal_forename="Rowan",
        legal_surname="Ade",
        preferred_forename="Ro",
        preferred_surname=None,
        names_before=[],
        names_apart=None,
        born="2017-03-12",
        sex="M",
        year_group="4",
        class_code="4B",
        enrolled_on="2021-09-02",
        left_on=None,
        identifiers=[{"kind": "upn", "value": None, "source": "csv", "since": "2021-09-02", "until": None}],
        contacts=[
            {
                "id": GUARDIAN,
                "priority": 1,
                "name": "Mrs Bola Ade",
                "relationship": "Mother",
                "phones": [{"kind": "M", "number": "07700 900123"}],
                "email": None,
                "parental_responsibility": True,
                "do_not_contact": False,
                "do_not_contact_reason": None,
            }
        ],
        attendance={
            "as_of": "2026-03-02",
            "possible": 200,
            "attended": 188,
            "authorised": 8,
            "unauthorised": 4,
            "percent": 94.0,
            "source": "ctf",
        },
        flags=[{"id": FLAG, "kind": "medical", "since": "2025-09-01", "until": None, "note": "Asthma."}],
    )

    id: UUID
    break_glass: bool = Field(description="you see this behind broken glass: say so on the page")
    name: str = Field(description="as the child is called")
    legal_forename: str
    legal_surname: str
    preferred_forename: str | None
    preferred_surname: str | None
    names_before: list[NameBefore]
    names_apart: bool | None = Field(description="an adopted child's names are kept apart; for the DSL team alone")
    born: date
    sex: str
    year_group: str
    class_code: str | None
    enrolled_on: date
    left_on: date | None
    identifiers: list[Identifier]
    contacts: list[Contact]
    attendance: Attendance | None
    flags: list[Flag]
