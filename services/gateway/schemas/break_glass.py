"""Break-glass: what is sent to open a record, and what its reviewers see."""

from datetime import datetime
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.gateway.schemas import GLASS, HADDAD, LOGGED, OKAFOR, READ, ROWAN, Answer, example
from shared.schemas import Body, Text

if TYPE_CHECKING:
    Why = str
else:
    Why = Text(2000)

Reason = Literal["child_in_danger", "child_missing", "agency_asks", "nobody_reached"]
Verdict = Literal["needed", "not_needed"]
WORDS = "The police ask where he may be staying; no DSL can be reached."


class OpenBreakGlass(Body):
    model_config = example(pupil_id=ROWAN, reason="child_missing", words=WORDS)

    pupil_id: UUID
    reason: Reason
    words: Why = Field(description="why, in 20 characters or more; the lead DSL and the DPO read it")


class ReviewBreakGlass(Body):
    model_config = example(verdict="needed", words="Rang the police back; it could not wait for me.")

    verdict: Verdict
    words: Why = Field(description="what you have found")


class BreakGlassFields(BaseModel):
    id: UUID
    staff_id: UUID
    pupil_id: UUID
    reason: Reason
    words: str
    began_at: datetime
    ends_at: datetime
    ended_at: datetime | None = Field(description="ended before its time")
    ended_by_id: UUID | None
    runs: bool = Field(description="the record can be read at this moment")
    review_by: datetime
    overdue: bool = Field(description="nobody has reviewed it in time")
    reviewed_at: datetime | None
    reviewed_by_id: UUID | None
    verdict: Verdict | None
    review: str | None


SHOWN = {
    "id": GLASS,
    "staff_id": HADDAD,
    "pupil_id": ROWAN,
    "reason": "child_missing",
    "words": WORDS,
    "began_at": LOGGED,
    "ends_at": READ,
    "ended_at": None,
    "ended_by_id": None,
    "runs": False,
    "review_by": READ,
    "overdue": False,
    "reviewed_at": None,
    "reviewed_by_id": None,
    "verdict": None,
    "review": None,
}


class BreakGlass(BreakGlassFields, Answer):
    model_config = example(**SHOWN | {"runs": True})


class BreakGlasses(Answer):
    model_config = example(
        break_glass=[
            SHOWN
            | {
                "reviewed_at": READ,
                "reviewed_by_id": OKAFOR,
                "verdict": "needed",
                "review": "It could not wait for me.",
            }
        ],
        names={str(HADDAD): "Mr Haddad", str(OKAFOR): "Ms Okafor"},
        notices=[],
    )

    break_glass: list[BreakGlass] = Field(description="first those that nobody has reviewed, the newest first")
    names: dict[UUID, str] = Field(description="the names of those who are mentioned")
    notices: list[str]
