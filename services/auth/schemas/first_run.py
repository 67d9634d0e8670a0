"""Beginning a house."""

from pydantic import BaseModel

from services.auth.schemas.fields import Code, Line, Name
from services.auth.schemas.people import NewSchool
from shared.schemas import Body


class NewLead(Body):
    email: Line
    title: Name = ""
    forename: Name = ""
    surname: Line


class NewHouse(Body):
    code: Code
    trust: Line
    school: NewSchool
    lead: NewLead


class Untouched(BaseModel):
    open: bool


class HouseBegun(BaseModel):
    link: str
