from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from services.gateway.schemas import (
    ACTION,
    ADDED,
    CATEGORY,
    CONCERN,
    DRAFT,
    DUE,
    HADDAD,
    LOGGED,
    LUNCHTIME,
    OKAFOR,
    READ,
    ROWAN,
    Answer,
    Narrative,
    Words,
    example,
)
from services.gateway.schemas.circumstances import BESIDE, SENT_BESIDE, Beside, BesideShown
from services.gateway.schemas.decisions import CONSENT, Changes, Consent, Decision
from shared.contracts.words import Part
from shared.schemas import Body

SAID = 'At lunch Rowan said "I do not want to go home". He would not say why.'
DONE_SO_FAR = "Sat with Rowan until the bell; told his class teacher that I would write this down."
AS_WRITTEN = {
    "narrative": SAID,
    "occurred_at": LUNCHTIME,
    "category_ids": [CATEGORY],
    "pupils": [{"pupil_id": ROWAN, "part": "subject"}],
    "action_taken": DONE_SO_FAR,
}

Ids = Annotated[list[UUID], Field(max_length=50)]
Categories = Annotated[list[UUID], Field(max_length=20)]


class LinkedPupil(Body):
    pupil_id: UUID
    part: Part = Field(Part.SUBJECT, description="what part this child had in it")
    category_ids: Categories = Field([], description="when they are others for this child than for the concern")


class Written(Beside):
    narrative: Narrative = Field(description="what you saw and heard, in the child's own words")
    occurred_at: AwareDatetime | None = Field(
        None, description="when it happened; left out only where `time_known` is `not_known`"
    )
    category_ids: Annotated[Categories, Field(min_length=1)]
    pupils: Annotated[list[LinkedPupil], Field(min_length=1, max_length=50)]
    action_taken: Words | None = Field(None, description="what you have done about it already")
    urgent: bool = False
    extra_staff_ids: Ids = Field([], description="people who should be told as well")
    extra_group_ids: Ids = Field([], description="groups that should be told as well")


class LogConcern(Written):
    model_config = example(
        **AS_WRITTEN, **SENT_BESIDE, urgent=False, extra_staff_ids=[HADDAD], extra_group_ids=[], draft_id=DRAFT
    )

    draft_id: UUID | None = Field(None, description="the draft it was written in: it goes when this is recorded")


class CorrectConcern(Written):
    model_config = example(**AS_WRITTEN, reason="The time was mistyped: it was lunch, not the morning break.")

    reason: Words


class NewAction(Body):
    model_config = example(
        text="Ring his aunt back, as promised, about who collects him.",
        pupil_ids=[ROWAN],
        tell_author=False,
        owner_id=HADDAD,
        due_at=DUE,
        promise=True,
    )

    text: Words = Field(description="what was done; or, with an owner, what is to be done")
    pupil_ids: Ids = Field([], description="the children it is for; none means all of them")
    tell_author: bool = Field(False, description="whether the writer of the concern may read this action")
    owner_id: UUID | None = Field(
        None, description="who is to do it: you, the writer, or somebody who was alerted; left out for what is done"
    )
    due_at: AwareDatetime | None = Field(None, description="until when")
    promise: bool = Field(False, description="a contact that was promised to somebody; wants an owner and a due time")


class Note(Body):
    model_config = example(note="Spoke to his aunt at 15:10. She collects him every day this week.")

    note: Words = Field(description="what was done and what came of it")


class NewAddendum(Body):
    model_config = example(text="He also had no coat, and it was four degrees.")

    text: Narrative


class Reason(Body):
    model_config = example(reason="Early help is in place and reviewed every Friday.")

    reason: Words


# -------------------------------------------------------------------------------------------------------- answers
class Logged(Answer):
    model_config = example(id=CONCERN, number=214, logged_at=LOGGED)

    id: UUID
    number: int = Field(description="what people call it by, in this school")
    logged_at: datetime


class OwnConcern(Answer):
    id: UUID
    number: int
    logged_at: datetime
    narrative: str
    first_read_at: datetime | None = Field(description="when the first of those who were told read it; null if nobody")
    escalates_at: datetime | None = Field(description="when the next in line is told, while nobody has read it")
    added: int = Field(description="how much was added for you to read; what it is stands under `told-detail`")
    unseen: int = Field(description="how much of that you have not said that you have seen")


class OwnConcerns(Answer):
    model_config = example(
        incidents=[
            {
                "id": CONCERN,
                "number": 214,
                "logged_at": LOGGED,
                "narrative": SAID,
                "first_read_at": READ,
                "escalates_at": None,
                "added": 1,
                "unseen": 1,
            }
        ],
        next=None,
        notices=[],
    )

    incidents: list[OwnConcern]
    next: str | None
    notices: list[str]


class CategoryNamed(Answer):
    id: UUID
    name: str = Field(description="what it was called when this was written")
    parent: str | None
    name_now: str = Field(description="what your school calls it today")
    parent_now: str | None


class ChildInConcern(Answer):
    pupil_id: UUID
    name: str
    part: str
    year_group: str
    class_code: str | None
    category_ids: list[UUID]
    reachable: bool = Field(description="whether you could open this child's own record")


class Revision(BesideShown):
    revision: int
    narrative: str
    action_taken: str | None
    by_id: UUID
    reason: str | None
    at: datetime
    changes: Changes | None = Field(description="what this correction changed; null for the first words")


class Done(Answer):
    by_id: UUID
    note: str
    at: datetime


class Action(Answer):
    id: UUID
    author_id: UUID
    text: str
    pupil_ids: list[UUID]
    created_at: datetime
    tell_author: bool = Field(description="whether the writer of the concern may read this action")
    owner_id: UUID | None = Field(description="who is to do it; null for what was done already")
    due_at: datetime | None
    promise: bool
    done: Done | None


class Addendum(Answer):
    id: UUID
    author_id: UUID
    text: str
    created_at: datetime


class Step(Answer):
    step: str
    by_id: UUID
    reason: str
    at: datetime


WHOLE = {
    "view": "whole",
    "id": CONCERN,
    "number": 214,
    "author_id": OKAFOR,
    "kiosk_id": None,
    "logged_at": LOGGED,
    **BESIDE,
    "urgent": False,
    "narrative": SAID,
    "action_taken": DONE_SO_FAR,
    "categories": [
        {"id": CATEGORY, "name": "Welfare Concern", "parent": None, "name_now": "Welfare Concern", "parent_now": None}
    ],
    "pupils": [
        {
            "pupil_id": ROWAN,
            "name": "Rowan Ade",
            "part": "subject",
            "year_group": "4",
            "class_code": "4B",
            "category_ids": [],
            "reachable": True,
        }
    ],
    "addenda": [],
    "version": 2,
    "state": "open",
    "sensitivity": 2,
    "revision": 1,
    "revisions": [
        {
            "revision": 1,
            "narrative": SAID,
            "action_taken": DONE_SO_FAR,
            **BESIDE,
            "by_id": OKAFOR,
            "reason": None,
            "at": LOGGED,
            "changes": None,
        }
    ],
    "actions": [
        {
            "id": ACTION,
            "author_id": HADDAD,
            "text": "Rang home; his aunt collects him today.",
            "pupil_ids": [ROWAN],
            "created_at": ADDED,
            "tell_author": False,
            "owner_id": None,
            "due_at": None,
            "promise": False,
            "done": None,
        }
    ],
    "steps": [],
    "decisions": [],
    "consents": [CONSENT],
}
PEOPLE = {str(OKAFOR): "Ms Okafor", str(HADDAD): "Mr Haddad"}


class WholeOrOwn(BesideShown):
    """A concern as far as its reader may see it: whole, or the writer's own words and nothing of what followed."""

    view: Literal["whole", "own"]
    break_glass: bool = Field(False, description="whether you are reading by break-glass")
    id: UUID
    number: int
    author_id: UUID
    kiosk_id: UUID | None = Field(description="the kiosk it was written on; null for a device of the writer's own")
    logged_at: datetime
    urgent: bool
    narrative: str
    action_taken: str | None
    categories: list[CategoryNamed]
    pupils: list[ChildInConcern]
    addenda: list[Addendum]
    version: int | None = Field(None, description="this and what follows: only when `view` is `whole`")
    state: str | None = None
    sensitivity: int | None = Field(None, description="1 ordinary, 2 sensitive, 3 child protection")
    revision: int | None = None
    revisions: list[Revision] | None = None
    actions: list[Action] | None = None
    steps: list[Step] | None = None
    decisions: list[Decision] | None = None
    consents: list[Consent] | None = None


class Concern(WholeOrOwn):
    model_config = example(**WHOLE, names=PEOPLE, notices=[])

    names: dict[UUID, str] = Field(description="the members of staff who are mentioned, by their ids")
    notices: list[str]


class Summary(Answer):
    """A concern in a line, for a list."""

    id: UUID
    number: int
    author_id: UUID
    logged_at: datetime
    occurred_at: datetime | None
    urgent: bool
    state: str
    pupils: list[str]
    categories: list[str]
    first_line: str


IN_A_LINE = {
    "id": CONCERN,
    "number": 214,
    "author_id": OKAFOR,
    "logged_at": LOGGED,
    "occurred_at": LUNCHTIME,
    "urgent": False,
    "state": "open",
    "pupils": ["Rowan Ade"],
    "categories": ["Welfare Concern"],
    "first_line": SAID,
}


class Told(Answer):
    model_config = example(
        incident_id=CONCERN, told=3, first_read_at=READ, first_told_id=OKAFOR, names=PEOPLE, notices=[]
    )

    incident_id: UUID
    told: int
    first_read_at: datetime | None
    first_told_id: UUID | None = Field(description="whoever answers for it first; null until somebody is told")
    names: dict[UUID, str]
    notices: list[str]


class Added(Answer):
    model_config = example(id=ACTION)

    id: UUID


class Corrected(Answer):
    model_config = example(id=CONCERN)

    id: UUID


class State(Answer):
    model_config = example(id=CONCERN, state="closed")

    id: UUID
    state: str
