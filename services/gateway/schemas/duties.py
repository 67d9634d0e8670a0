"""What somebody owes."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.gateway.schemas import ACTION, ADDED, CONCERN, DUE, HADDAD, OKAFOR, Answer, example
from services.gateway.schemas.incidents import IN_A_LINE, PEOPLE, Summary


class Duty(Answer):
    id: UUID = Field(description="also the id of the action, whose words are in the concern")
    incident_id: UUID
    owner_id: UUID
    deputy_id: UUID | None = Field(description="who was told in the owner's place while they were away")
    given_by_id: UUID
    promise: bool = Field(description="whether a contact was promised to somebody")
    given_at: datetime
    due_at: datetime | None
    overdue: bool
    done_at: datetime | None
    done_by_id: UUID | None
    concern: Summary | None = Field(description="what it is about, in a line; null when that is not shown to you")


class Duties(Answer):
    model_config = example(
        duties=[
            {
                "id": ACTION,
                "incident_id": CONCERN,
                "owner_id": HADDAD,
                "deputy_id": None,
                "given_by_id": OKAFOR,
                "promise": True,
                "given_at": ADDED,
                "due_at": DUE,
                "overdue": False,
                "done_at": None,
                "done_by_id": None,
                "concern": IN_A_LINE,
            }
        ],
        next=None,
        names=PEOPLE,
        notices=[],
    )

    duties: list[Duty]
    next: str | None
    names: dict[UUID, str] = Field(description="the members of staff who are mentioned, by their ids")
    notices: list[str]
