"""How much one session, one token or one address may ask for, told in every answer.

Header fields as in draft-ietf-httpapi-ratelimit-headers. Counts live in this process: with several gateways each allows
its share, which slows a flood down and is no promise of exactness.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass

MOST_KEYS = 50_000

# What a page asks of the API in this process is part of one request from outside, which was counted when it came.
ASKED_BY_A_PAGE: ContextVar[bool] = ContextVar("asked by a page", default=False)


@dataclass(frozen=True, slots=True)
class Policy:
    name: str
    quota: int
    window: int  # seconds

    def __str__(self) -> str:
        return f'"{self.name}";q={self.quota};w={self.window}'


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands after this request."""

    policy: Policy
    used: int
    seconds_left: int

    @property
    def remaining(self) -> int:
        return max(0, self.policy.quota - self.used)

    @property
    def refused(self) -> bool:
        return self.used > self.policy.quota

    def __str__(self) -> str:
        return f'"{self.policy.name}";r={self.remaining};t={self.seconds_left}'


class Limiter:
    def __init__(self, policy: Policy, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.policy = policy
        self._clock = clock
        self._windows: OrderedDict[str, tuple[float, int]] = OrderedDict()  # key -> (end, used), oldest end first

    def take(self, key: str) -> Standing:
        now = self._clock()
        self._drop_ended(now)
        end, used = self._windows.get(key, (now + self.policy.window, 0))
        self._windows[key] = (end, used + 1)
        return Standing(self.policy, used + 1, max(1, round(end - now)))

    def _drop_ended(self, now: float) -> None:
        # Every window is as long as the next, so the order of insertion is the order of ending.
        while self._windows:
            key, (end, _) = next(iter(self._windows.items()))
            if end > now and len(self._windows) < MOST_KEYS:
                return
            del self._windows[key]


def told(standings: Iterable[Standing]) -> list[tuple[bytes, bytes]]:
    """The header fields that say it; the one with the least left first, as the draft wants one that matters."""
    ordered = sorted(standings, key=lambda standing: standing.remaining)
    if not ordered:
        return []
    return [
        (b"ratelimit-policy", ", ".join(str(standing.policy) for standing in ordered).encode()),
        (b"ratelimit", ", ".join(str(standing) for standing in ordered).encode()),
    ]
