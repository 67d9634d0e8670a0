"""Actions across concerns, for a list."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.gateway.schemas import ACTION, ADDED, CONCERN, DUE, HADDAD, OKAFOR, Answer, example


class ListedAction(Answer):
    id: UUID
    incident_id: UUID
    number: int = Field(description="of the concern, as people say it")
    author_id: UUID
    text: str
    pupils: list[str]
    created_at: datetime
    owner_id: UUID
    due_at: datetime | None
    promise: bool
    done_at: datetime | None


class ListedActions(Answer):
    model_config = example(
        actions=[
            {
                "id": ACTION,
                "incident_id": CONCERN,
                "number": 214,
                "author_id": OKAFOR,
                "text": "Ring his aunt back, as promised, about who collects him.",
                "pupils": ["Rowan Ade"],
                "created_at": ADDED,
                "owner_id": HADDAD,
                "due_at": DUE,
                "promise": True,
                "done_at": None,
            }
        ],
        next=None,
        names={str(OKAFOR): "Ms Okafor", str(HADDAD): "Mr Haddad"},
        notices=[],
    )

    actions: list[ListedAction]
    next: str | None
    names: dict[UUID, str] = Field(description="the members of staff who are mentioned, by their ids")
    notices: list[str]
