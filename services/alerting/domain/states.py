"""The states of an alert. Pure: a state and what somebody does in, the next state out.

Read, acknowledged and done are three things (C9): who has read may still have everything to do. None of them takes
away the right to read; only a withdrawal does.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

HISTORY: Final = timedelta(days=2)


class State(StrEnum):
    UNREAD = "unread"
    READ = "read"
    ACKNOWLEDGED = "acknowledged"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    """What somebody does with an alert."""

    READ = "read"
    ACKNOWLEDGE = "acknowledge"
    DONE = "done"
    WITHDRAW = "withdraw"
    READD = "readd"


LEADS_TO: Final = MappingProxyType(
    {
        Step.READ: State.READ,
        Step.ACKNOWLEDGE: State.ACKNOWLEDGED,
        Step.DONE: State.DONE,
        Step.WITHDRAW: State.WITHDRAWN,
        Step.READD: State.UNREAD,
    }
)

_UNREAD, _READ, _ACKNOWLEDGED, _DONE, _WITHDRAWN = State

TAKES: Final = MappingProxyType(
    {
        # step: the states from which it changes anything
        Step.READ: frozenset({_UNREAD}),
        Step.ACKNOWLEDGE: frozenset({_UNREAD, _READ}),
        Step.DONE: frozenset({_UNREAD, _READ, _ACKNOWLEDGED}),
        Step.WITHDRAW: frozenset({_UNREAD, _READ, _ACKNOWLEDGED, _DONE}),
        Step.READD: frozenset({_READ, _ACKNOWLEDGED, _DONE, _WITHDRAWN}),
    }
)


def after(state: State, step: Step) -> State:
    """The state a step leads to. What is further along stays where it is: a second tap changes nothing."""
    return LEADS_TO[step] if state in TAKES[step] else state


def taken_over(logged_at: datetime, told_at: datetime) -> bool:
    """Whether an incident is told of long after it was logged: the record of another system, or of a demonstration.

    Its alerts stand in the house; a mail that calls people to what is history would only teach them to ignore mails.
    An event that waited, because we or the bus were down, was told when it was logged, and is none of these.
    """
    return told_at - logged_at > HISTORY
