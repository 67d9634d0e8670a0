"""What state an incident is in, and what may follow: open, under review, closed, and open again. Pure."""

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class State(StrEnum):
    OPEN = "open"
    UNDER_REVIEW = "under_review"
    CLOSED = "closed"


class Step(StrEnum):
    """What somebody does with it, each with a reason."""

    REVIEW = "under_review"
    CLOSE = "closed"
    REOPEN = "reopened"


_LEADS_TO: Final = MappingProxyType(
    {
        (State.OPEN, Step.REVIEW): State.UNDER_REVIEW,
        (State.OPEN, Step.CLOSE): State.CLOSED,
        (State.UNDER_REVIEW, Step.CLOSE): State.CLOSED,
        (State.CLOSED, Step.REOPEN): State.OPEN,
    }
)


def state_after(state: State, step: Step) -> State | None:
    """None for a step that leads nowhere from here."""
    return _LEADS_TO.get((state, step))


def reasons_to_stay_open(*, open_actions: int, must_follow_up: bool, followed: bool) -> list[str]:
    """What keeps an incident from being closed: it is closed when there is nothing more to do (R61)."""
    found = []
    if open_actions:
        found.append("Something is still to be done: say that each action is done, then close.")
    if must_follow_up and not followed:
        found.append("This kind of concern must be followed up: record what was done or decided, then close.")
    return found
