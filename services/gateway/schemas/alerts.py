from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from services.gateway.schemas import ALERT, CONCERN, LOGGED, READ, SCHOOL, Answer, example
from services.gateway.schemas.incidents import IN_A_LINE, PEOPLE, WHOLE, Summary, WholeOrOwn
from shared.contracts.words import Why

States = Literal["unread", "read", "acknowledged", "done"]
TOLD = {
    "id": ALERT,
    "school_id": SCHOOL,
    "incident_id": CONCERN,
    "state": "unread",
    "why": ["lead_dsl"],
    "urgent": False,
    "raised_at": LOGGED,
    "read_at": None,
    "acknowledged_at": None,
    "done_at": None,
}


class Alert(Answer):
    id: UUID
    school_id: UUID
    incident_id: UUID
    state: States
    why: list[Why] = Field(description="why you were told")
    urgent: bool
    raised_at: datetime
    read_at: datetime | None
    acknowledged_at: datetime | None
    done_at: datetime | None


class ListedAlert(Alert):
    concern: Summary | None = Field(description="what it is about, in a line; null when it cannot be shown just now")


class Alerts(Answer):
    model_config = example(alerts=[TOLD | {"concern": IN_A_LINE}], next=None, names=PEOPLE, notices=[])

    alerts: list[ListedAlert]
    next: str | None
    names: dict[UUID, str]
    notices: list[str]


class NextAlert(Answer):
    model_config = example(alert=TOLD | {"concern": IN_A_LINE}, names=PEOPLE, notices=[])

    alert: ListedAlert | None = Field(description="null when nothing waits for you")
    names: dict[UUID, str]
    notices: list[str]


class Waiting(Answer):
    model_config = example(unread=5, open=7, latest=LOGGED, duties=12, due_this_week=3, overdue=1)

    unread: int
    open: int = Field(description="not done yet, the unread among them")
    latest: datetime | None = Field(description="when the newest of the open alerts was raised")
    duties: int = Field(description="what you owe, or see to for a colleague who is away; by itself and of that:")
    due_this_week: int
    overdue: int


class AlertsOnDesk(Answer):
    alerts: list[ListedAlert]
    next: str | None


class Desk(Answer):
    model_config = example(
        unread={"alerts": [TOLD | {"concern": IN_A_LINE}], "next": None},
        read={"alerts": [], "next": None},
        waiting={"unread": 1, "open": 1, "latest": LOGGED, "duties": 0, "due_this_week": 0, "overdue": 0},
        names=PEOPLE,
        notices=[],
    )

    unread: AlertsOnDesk
    read: AlertsOnDesk
    waiting: Waiting
    names: dict[UUID, str]
    notices: list[str]


class Note(Answer):
    by_id: UUID
    at: datetime
    words: str


class AlertWithNotes(Alert):
    notes: list[Note] = Field(description="with which you were alerted, the oldest first")


class OpenedAlert(Answer):
    model_config = example(alert=TOLD | {"notes": []}, concern=WHOLE, names=PEOPLE, notices=[])

    alert: AlertWithNotes
    concern: WholeOrOwn | None
    names: dict[UUID, str]
    notices: list[str]


class AlertState(Answer):
    model_config = example(id=ALERT, state="read", read_at=READ, acknowledged_at=None, done_at=None)

    id: UUID
    state: States
    read_at: datetime | None
    acknowledged_at: datetime | None
    done_at: datetime | None
