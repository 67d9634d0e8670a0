"""Looking for a child, and reading their chronology."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from pydantic import Field

from services.gateway.schemas import (
    ACTION,
    ADDED,
    CATEGORY,
    CONCERN,
    HADDAD,
    LOGGED,
    LUNCHTIME,
    OKAFOR,
    ROWAN,
    Answer,
    example,
)
from services.gateway.schemas.decisions import Piece
from services.gateway.schemas.incidents import PEOPLE, SAID, Action, Addendum, CategoryNamed, Step
from shared.schemas import Body, Text

if TYPE_CHECKING:
    Sought = str
else:
    Sought = Text(100)


class WantedPupil(Body):
    model_config = example(name="Rowen Addie")

    name: Sought | None = Field(None, description="as it begins, as it sounds, or with a slip")
    upn: Sought | None = Field(None, description="the whole number")
    class_code: Sought | None = None


class FoundPupil(Answer):
    id: UUID
    name: str
    year_group: str
    class_code: str | None
    left_on: date | None = Field(description="who left is found by the DSL team only")
    fits: Literal["name", "sound", "slip"] | None = Field(description="how the name fits; null when none was given")
    last_entry_at: datetime | None = Field(description="the newest entry that you may see")


class FoundPupils(Answer):
    model_config = example(
        break_glass=False,
        pupils=[
            {
                "id": ROWAN,
                "name": "Rowan Ade",
                "year_group": "4",
                "class_code": "4B",
                "left_on": None,
                "fits": "sound",
                "last_entry_at": LOGGED,
            }
        ],
        more=False,
    )

    break_glass: bool = Field(description="whether you are reading by break-glass")
    pupils: list[FoundPupil]
    more: bool = Field(description="there are more than 50; type more of the name")


class ChildBeside(Answer):
    pupil_id: UUID | None = Field(description="null for a child whose record you could not open")
    name: str
    part: str
    year_group: str
    class_code: str | None


class Correction(Answer):
    revision: int
    by_id: UUID
    reason: str | None
    at: datetime
    narrative: list[Piece] = Field(description="same and removed make the words before, same and added those after")


class Significance(Answer):
    headline: str
    analysis: str | None
    by_id: UUID
    at: datetime


class Entry(Answer):
    """One entry: whole, or your own words where you may see no more."""

    view: Literal["whole", "own"]
    id: UUID
    number: int
    author_id: UUID
    logged_at: datetime
    occurred_at: datetime | None
    time_known: str = Field("exact", description="how well: `exact`, `about`, `date_only` or `not_known`")
    urgent: bool
    part: str = Field(description="what part this child had")
    narrative: str
    first_narrative: str = Field(description="as it was first written")
    categories: list[CategoryNamed]
    pupils: list[ChildBeside]
    addenda: list[Addendum]
    new: bool = Field(description="something in it is new since you last looked at this child")
    state: str | None = Field(None, description="this and what follows: only when `view` is `whole`")
    sensitivity: int | None = Field(None, description="1 ordinary, 2 sensitive, 3 child protection")
    corrections: list[Correction] = []
    actions: list[Action] = []
    steps: list[Step] = []
    significant: Significance | None = None


MARKED = {"headline": "First time he spoke of home", "analysis": None, "by_id": HADDAD, "at": ADDED}


class Chronology(Answer):
    model_config = example(
        break_glass=False,
        pupil_id=ROWAN,
        name="Rowan Ade",
        looked_before=None,
        count=1,
        entries=[
            {
                "view": "whole",
                "id": CONCERN,
                "number": 214,
                "author_id": OKAFOR,
                "logged_at": LOGGED,
                "occurred_at": LUNCHTIME,
                "time_known": "exact",
                "urgent": False,
                "part": "subject",
                "narrative": SAID,
                "first_narrative": SAID,
                "categories": [
                    {
                        "id": CATEGORY,
                        "name": "Welfare Concern",
                        "parent": None,
                        "name_now": "Welfare Concern",
                        "parent_now": None,
                    }
                ],
                "pupils": [
                    {
                        "pupil_id": ROWAN,
                        "name": "Rowan Ade",
                        "part": "subject",
                        "year_group": "4",
                        "class_code": "4B",
                    }
                ],
                "addenda": [],
                "new": True,
                "state": "open",
                "sensitivity": 2,
                "corrections": [],
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
                "significant": MARKED,
            }
        ],
        next=None,
        names=PEOPLE,
        notices=[],
    )

    break_glass: bool = Field(description="whether you are reading by break-glass")
    pupil_id: UUID
    name: str
    looked_before: datetime | None = Field(description="when you looked at this child before this visit")
    count: int = Field(description="how many entries you may see under these filters, on all pages")
    entries: list[Entry]
    next: str | None
    names: dict[UUID, str] = Field(description="the members of staff who are mentioned, by their ids")
    notices: list[str]
