"""Shields: what raises one, and who is kept from what."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from pydantic import Field

from services.gateway.schemas import CONCERN, HADDAD, LOGGED, ROWAN, SHIELD, Answer, Line, example
from services.gateway.schemas.pupils import PickedPupil
from shared.schemas import Body, Text

if TYPE_CHECKING:
    Sought = str
else:
    Sought = Text(100)

Number = Annotated[int, Field(ge=1, le=2_147_483_647)]


class NewShield(Body):
    model_config = example(staff_id=HADDAD, pupil_id=ROWAN, reason="Parent of this child.")

    staff_id: UUID
    pupil_id: UUID | None = Field(None, description="either a pupil or a concern")
    incident_id: UUID | None = None
    reason: Line


class WantedToShield(Body):
    model_config = example(name="row")

    name: Sought | None = Field(None, description="three letters or more of a child's name")
    number: Number | None = Field(None, description="the number of a concern")


# -------------------------------------------------------------------------------------------------------- answers
class Shield(Answer):
    model_config = example(id=SHIELD)

    id: UUID


class ConcernNumbered(Answer):
    id: UUID
    number: int


class ToShieldFrom(Answer):
    model_config = example(
        pupils=[{"id": ROWAN, "name": "Rowan Ade", "year_group": "4", "class_code": "4B"}],
        incident={"id": CONCERN, "number": 1042},
    )

    pupils: list[PickedPupil]
    incident: ConcernNumbered | None


class ShieldHeld(Answer):
    id: UUID
    staff_id: UUID
    pupil_id: UUID | None
    incident_id: UUID | None
    reason: str
    raised_at: datetime
    pupil: str | None = Field(description="the child's name, when it is yours to see")
    number: int | None = Field(description="the concern's number, when it is yours to see")


class Shields(Answer):
    model_config = example(
        shields=[
            {
                "id": SHIELD,
                "staff_id": HADDAD,
                "pupil_id": ROWAN,
                "incident_id": None,
                "reason": "Parent of this child.",
                "raised_at": LOGGED,
                "pupil": "Rowan Ade",
                "number": None,
            }
        ],
        names={str(HADDAD): "Mr Haddad"},
        notices=[],
    )

    shields: list[ShieldHeld]
    names: dict[UUID, str] = Field(description="the names of those who are shielded")
    notices: list[str]
