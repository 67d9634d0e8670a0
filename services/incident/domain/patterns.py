"""Patterns in a child's entries: how many of a kind by week and month, and how many within some days. Pure."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from services.incident.domain.lateness import LONDON


@dataclass(frozen=True, slots=True)
class Counted:
    """An entry under one category."""

    incident_id: UUID
    at: datetime
    category_id: UUID


@dataclass(frozen=True, slots=True)
class Cluster:
    """Entries of one category that lie within so many days, in their order."""

    category_id: UUID
    entries: tuple[Counted, ...]


def by_week(entries: Iterable[Counted]) -> Mapping[tuple[date, UUID], int]:
    """How many of each category in each week, which is named by its Monday as the school's clocks have it."""
    return _counted(entries, lambda day: day - timedelta(days=day.weekday()))


def by_month(entries: Iterable[Counted]) -> Mapping[tuple[date, UUID], int]:
    """How many of each category in each month, which is named by its first day."""
    return _counted(entries, lambda day: day.replace(day=1))


def _counted(entries: Iterable[Counted], begin: Callable[[date], date]) -> Mapping[tuple[date, UUID], int]:
    return Counter((begin(one.at.astimezone(LONDON).date()), one.category_id) for one in entries)


def clusters(entries: Iterable[Counted], *, times: int, within: timedelta) -> Sequence[Cluster]:
    """Where `times` or more of a category lie within a span, the densest first; no entry stands in two of one kind."""
    kinds: dict[UUID, list[Counted]] = {}
    for one in sorted(entries, key=lambda counted: (counted.at, counted.incident_id)):
        kinds.setdefault(one.category_id, []).append(one)
    found = [Cluster(kind, span) for kind, of_kind in kinds.items() for span in _dense(of_kind, times, within)]
    return sorted(found, key=lambda cluster: (-len(cluster.entries), -cluster.entries[-1].at.timestamp()))


def _dense(entries: list[Counted], times: int, within: timedelta) -> Iterable[tuple[Counted, ...]]:
    left = entries
    while left:
        at = [one.at for one in left]
        spans = [(bisect_right(at, begin + within) - first, first) for first, begin in enumerate(at)]
        # Of spans that hold as many, the newest: that is the one somebody should act on.
        count, first = max(spans)
        if count < times:
            return
        yield tuple(left[first : first + count])
        left = left[:first] + left[first + count :]
