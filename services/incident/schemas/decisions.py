"""Decisions, consent, and what a correction changed."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel

from services.incident.domain import Asked, ConsentAnswer, Decided, DecisionKind, Ground
from services.incident.schemas.fields import Ids, Words
from shared.schemas import Body


class NewDecision(Body):
    kind: DecisionKind
    what: Words
    alternatives: Words
    reason: Words
    body: Words | None = None
    reference: Words | None = None
    pupil_ids: Ids = []

    def decided(self) -> Decided:
        return Decided(
            kind=self.kind,
            what=self.what,
            alternatives=self.alternatives,
            reason=self.reason,
            body=self.body,
            reference=self.reference,
            pupil_ids=tuple(self.pupil_ids),
        )


class NewConsent(Body):
    answer: ConsentAnswer
    ground: Ground | None = None
    of_whom: Words | None = None
    asked_by_id: UUID | None = None
    asked_at: AwareDatetime | None = None
    note: Words | None = None
    pupil_ids: Ids = []

    def asked(self) -> Asked:
        return Asked(
            answer=self.answer,
            ground=self.ground,
            of_whom=self.of_whom,
            asked_by_id=self.asked_by_id,
            asked_at=self.asked_at,
            note=self.note,
            pupil_ids=tuple(self.pupil_ids),
        )


class DecisionShown(BaseModel):
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


class ConsentShown(BaseModel):
    pupil_id: UUID
    answer: str
    ground: str | None
    of_whom: str | None
    asked_by_id: UUID | None
    asked_at: datetime | None
    note: str | None
    by_id: UUID
    at: datetime
    counts: bool
    """Whether it is the newest about this child."""


class Piece(BaseModel):
    change: Literal["same", "added", "removed"]
    text: str


class ChangesShown(BaseModel):
    narrative: list[Piece]
    action_taken: list[Piece]


class ToldAction(BaseModel):
    text: str
    at: datetime


class ToldDetail(BaseModel):
    actions: list[ToldAction]
