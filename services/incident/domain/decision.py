"""Decisions with what else was possible and why not; and consent with the ground for not seeking it. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.incident.domain.concern import CLOCKS_DIFFER


class DecisionKind(StrEnum):
    REFER = "refer"
    NOT_TO_REFER = "not_to_refer"
    SHARE = "share"
    NOT_TO_SHARE = "not_to_share"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided about some of the children, or all: a decision without its reason is none (R1)."""

    kind: DecisionKind
    what: str
    alternatives: str
    reason: str
    body: str | None = None
    """To whom it is referred, or with whom it is shared."""
    reference: str | None = None
    pupil_ids: tuple[UUID, ...] = ()


def decision_faults(decided: Decided) -> Iterator[tuple[str, str]]:
    if not decided.what.strip():
        yield "what", "Write down what was decided."
    if not decided.alternatives.strip():
        yield "alternatives", "Write down what else was possible."
    if not decided.reason.strip():
        yield "reason", "Write down why; a decision without its reason is none."
    if decided.kind in {DecisionKind.REFER, DecisionKind.SHARE} and not (decided.body or "").strip():
        yield "body", "Say to whom."


class ConsentAnswer(StrEnum):
    ASKED = "asked"
    GIVEN = "given"
    REFUSED = "refused"
    NOT_SOUGHT = "not_sought"


class Ground(StrEnum):
    """On which information may be shared without consent (R13)."""

    NOT_POSSIBLE = "not_possible"
    NOT_TO_BE_EXPECTED = "not_to_be_expected"
    CHILD_AT_RISK = "child_at_risk"


@dataclass(frozen=True, slots=True)
class Asked:
    answer: ConsentAnswer
    ground: Ground | None = None
    of_whom: str | None = None
    asked_by_id: UUID | None = None
    asked_at: datetime | None = None
    note: str | None = None
    pupil_ids: tuple[UUID, ...] = ()


def consent_faults(asked: Asked, now: datetime) -> Iterator[tuple[str, str]]:
    if asked.answer is ConsentAnswer.NOT_SOUGHT:
        if asked.ground is None:
            yield "ground", "Say on which of the three grounds consent was not sought."
        if asked.of_whom or asked.asked_by_id or asked.asked_at:
            yield "answer", "Consent that was not sought was asked of nobody."
        return
    if asked.ground is not None:
        yield "ground", "A ground is for consent that was not sought."
    if not (asked.of_whom or "").strip():
        yield "of_whom", "Say whose consent it is, for example the child's mother."
    if asked.asked_at and asked.asked_at > now + CLOCKS_DIFFER:
        yield "asked_at", "This lies in the future; enter when they were asked."


def newest_by_child(answers: Iterable[tuple[UUID, UUID]]) -> set[UUID]:
    """Of (child, answer) in the order of writing, the answers that count: each child's newest. All are kept."""
    return set(dict(answers).values())
