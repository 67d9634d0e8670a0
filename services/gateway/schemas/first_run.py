"""Beginning a house that has no trust yet."""

from pydantic import Field

from services.gateway.schemas import Answer, Line, Name, TotpCode, example
from services.gateway.schemas.school import NewSchool
from shared.schemas import Body


class NewLead(Body):
    email: Line
    title: Name = ""
    forename: Name = ""
    surname: Line


class NewHouse(Body):
    model_config = example(
        code="m5xw-2hpd-x4ra-cj3t",
        trust="Rowan Lane Trust",
        school={"name": "Rowan Lane Primary School", "phase": "primary", "urn": "139000"},
        lead={"email": "a.okafor@rowan-lane.example", "title": "Ms", "forename": "Ada", "surname": "Okafor"},
    )

    code: TotpCode = Field(description="the starting code, from the terminal in which the house was started")
    trust: Line = Field(description="the trust, or the school's own name where it stands alone")
    school: NewSchool
    lead: NewLead = Field(description="the first lead designated safeguarding lead")


class FirstRun(Answer):
    model_config = example(open=False)

    open: bool = Field(description="whether there is no trust yet")


class HouseBegun(Answer):
    model_config = example(link="Hq3v0cYb1mXw8TtLr5ZfJ2uKs9NdAeGo6PiQyBxVk4M")

    link: str = Field(description="with it the lead DSL sets their password, by `POST /password`")
