"""How long somebody waits after too many tries. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final


@dataclass(frozen=True, slots=True)
class Pace:
    """How many tries are free, and how long one waits after each further one. It slows down, it never locks."""

    free: int
    longest: timedelta
    forget_one_every: timedelta


BY_ACCOUNT: Final = Pace(free=5, longest=timedelta(minutes=2), forget_one_every=timedelta(minutes=3))
# A whole school may share an address: many more are free, and the wait stays short.
BY_ADDRESS: Final = Pace(free=60, longest=timedelta(seconds=30), forget_one_every=timedelta(seconds=10))
BY_CODE: Final = Pace(free=5, longest=timedelta(minutes=2), forget_one_every=timedelta(minutes=3))
BY_LINK: Final = Pace(free=3, longest=timedelta(minutes=30), forget_one_every=timedelta(minutes=20))


@dataclass(frozen=True, slots=True)
class Tries:
    count: int
    at: datetime


def wait_after(tries: Tries, pace: Pace, *, now: datetime) -> timedelta:
    """How long is still to wait before the next try; zero or less when it may be made now."""
    over = remembered(tries, pace, now=now) - pace.free
    if over < 0:
        return timedelta(0)
    wait = min(timedelta(seconds=2 ** min(over, 20)), pace.longest)
    return tries.at + wait - now


def with_one_more(tries: Tries, pace: Pace, *, now: datetime) -> Tries:
    return Tries(remembered(tries, pace, now=now) + 1, now)


def remembered(tries: Tries, pace: Pace, *, now: datetime) -> int:
    forgotten = int((now - tries.at) / pace.forget_one_every)
    return max(0, min(tries.count, pace.free + 20) - forgotten)
