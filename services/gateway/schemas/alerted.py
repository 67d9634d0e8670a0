from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.gateway.schemas import ALERT, CONCERN, LOGGED, OKAFOR, READ, Answer, example
from services.gateway.schemas.incidents import PEOPLE
from shared.contracts.words import Why
from shared.schemas import Body, Text

Ids = Annotated[list[UUID], Field(max_length=50)]
if TYPE_CHECKING:
    Words = str
else:
    Words = Text(1000)


class AlertFurther(Body):
    model_config = example(staff_ids=[OKAFOR], group_ids=[], note="Please look at this again before lunch.")

    staff_ids: Ids = []
    group_ids: Ids = []
    note: Words | None = Field(None, description="shown to whoever is alerted by this, when they open it")


class Withdrawal(Body):
    model_config = example(reason="Alerted by mistake: another child of the same name was meant.")

    reason: Words


class Remark(Answer):
    by_id: UUID
    at: datetime
    words: str


class Alerted(Answer):
    id: UUID
    staff_id: UUID
    why: list[Why]
    state: Literal["unread", "read", "acknowledged", "done", "withdrawn"]
    raised_at: datetime
    read_at: datetime | None
    acknowledged_at: datetime | None
    done_at: datetime | None
    withdrawn_at: datetime | None
    withdrawals: list[Remark] = Field(description="each withdrawal with its reason, the oldest first")


class WhoWasAlerted(Answer):
    model_config = example(
        incident_id=CONCERN,
        alerted=[
            {
                "id": ALERT,
                "staff_id": OKAFOR,
                "why": ["lead_dsl"],
                "state": "read",
                "raised_at": LOGGED,
                "read_at": READ,
                "acknowledged_at": None,
                "done_at": None,
                "withdrawn_at": None,
                "withdrawals": [],
            }
        ],
        names=PEOPLE,
        notices=[],
    )

    incident_id: UUID
    alerted: list[Alerted]
    names: dict[UUID, str]
    notices: list[str]
