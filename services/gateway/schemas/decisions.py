"""Decisions with their reasons, consent with its ground, and what a correction changed."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from services.gateway.schemas import ADDED, HADDAD, ROWAN, Answer, Words, example
from shared.schemas import Body

DecisionKind = Literal["refer", "not_to_refer", "share", "not_to_share", "other"]
ConsentAnswer = Literal["asked", "given", "refused", "not_sought"]
Ground = Literal["not_possible", "not_to_be_expected", "child_at_risk"]
Ids = Annotated[list[UUID], Field(max_length=50)]


class NewDecision(Body):
    model_config = example(
        kind="not_to_refer",
        what="We do not refer to social care today.",
        alternatives="A referral at once; early help through the family worker.",
        reason="His aunt is with him and early help has begun. We look again on Friday.",
        pupil_ids=[ROWAN],
    )

    kind: DecisionKind
    what: Words = Field(description="what was decided")
    alternatives: Words = Field(description="what else was possible")
    reason: Words = Field(description="why")
    body: Words | None = Field(None, description="to whom it is referred, or with whom shared; needed for these two")
    reference: Words | None = Field(None, description="the number they gave it")
    pupil_ids: Ids = Field([], description="the children it is about; none means all of them")


class NewConsent(Body):
    model_config = example(answer="not_sought", ground="child_at_risk", note="He fears what happens at home.")

    answer: ConsentAnswer
    ground: Ground | None = Field(None, description="on which consent was not sought; for that, and only for that")
    of_whom: Words | None = Field(None, description="whose consent it is, for example the child's mother")
    asked_by_id: UUID | None = Field(None, description="who asked; you, unless you say otherwise")
    asked_at: AwareDatetime | None = Field(None, description="when; now, unless you say otherwise")
    note: Words | None = None
    pupil_ids: Ids = Field([], description="for which children; none means all of them")


# -------------------------------------------------------------------------------------------------------- answers
class Decision(Answer):
    id: UUID
    by_id: UUID
    at: datetime
    kind: str
    what: str
    alternatives: str
    reason: str
    body: str | None
    reference: str | None
    pupil_ids: list[UUID]


class Consent(Answer):
    pupil_id: UUID
    answer: str
    ground: str | None
    of_whom: str | None
    asked_by_id: UUID | None
    asked_at: datetime | None
    note: str | None
    by_id: UUID
    at: datetime
    counts: bool = Field(description="whether it is the newest about this child; the others are kept")


CONSENT = {
    "pupil_id": ROWAN,
    "answer": "given",
    "ground": None,
    "of_whom": "his aunt",
    "asked_by_id": HADDAD,
    "asked_at": ADDED,
    "note": None,
    "by_id": HADDAD,
    "at": ADDED,
    "counts": True,
}


class Piece(Answer):
    change: Literal["same", "added", "removed"]
    text: str


class Changes(Answer):
    narrative: list[Piece] = Field(description="same and removed make the words before, same and added those after")
    action_taken: list[Piece]


class ToldAction(Answer):
    text: str
    at: datetime


class ToldDetail(Answer):
    model_config = example(actions=[{"text": "His aunt collects him today.", "at": ADDED}])

    actions: list[ToldAction]
