"""When a mail that can wait is sent, by its person's own choice. Pure: times in UTC in, times in UTC out.

The clock is the one on the school's wall. Child protection, what is urgent and what is escalated never come here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from services.alerting.domain.escalation import LONDON


@dataclass(frozen=True, slots=True)
class Choice:
    """Without a digest and without quiet hours every mail goes at once."""

    digest_at: time | None = None
    digest_days: frozenset[int] = frozenset()
    """Weekdays; Monday is 0."""
    quiet_from: time | None = None
    quiet_to: time | None = None

    @classmethod
    def of(cls, words: Mapping[str, Any]) -> "Choice":
        """What somebody said, as it is kept."""
        digest, quiet = words.get("digest") or {}, words.get("quiet") or {}
        return cls(
            digest_at=time.fromisoformat(digest["at"]) if digest else None,
            digest_days=frozenset(digest.get("days", ())),
            quiet_from=time.fromisoformat(quiet["begins"]) if quiet else None,
            quiet_to=time.fromisoformat(quiet["ends"]) if quiet else None,
        )


def held_until(choice: Choice, now: datetime) -> datetime | None:
    """When a mail of now is sent; None for at once. Never earlier than now, and at most a week and a day later."""
    if choice.digest_at is not None and choice.digest_days:
        return next(at for at in _times(choice.digest_at, now) if _weekday(at) in choice.digest_days)
    if choice.quiet_from is None or choice.quiet_to is None:
        return None
    return next(_times(choice.quiet_to, now)) if in_quiet(choice, now.astimezone(LONDON).time()) else None


def in_quiet(choice: Choice, at: time) -> bool:
    """Whether this time of the day lies in the quiet hours, which may go over midnight."""
    begins, ends = choice.quiet_from, choice.quiet_to
    if begins is None or ends is None:
        return False
    return begins <= at < ends if begins < ends else at >= begins or at < ends


def _times(at: time, now: datetime) -> Iterator[datetime]:
    """When the clock on the wall shows this time, from now on. An hour that is left out counts from before the gap, and
    of one that comes twice the first counts: each day has one.
    """
    first = now.astimezone(LONDON).date()
    for number in range(9):
        moment = _utc(first + timedelta(days=number), at)
        if moment > now:
            yield moment


def _utc(day: date, at: time) -> datetime:
    return datetime.combine(day, at, LONDON).astimezone(UTC)


def _weekday(moment: datetime) -> int:
    return moment.astimezone(LONDON).weekday()
