"""How late something was written down (R55, C11): measured, never a bar. Pure."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from services.incident.domain.circumstances import TimeKnown

LONDON: Final = ZoneInfo("Europe/London")
DAY: Final = timedelta(days=1)


def midday(at: datetime) -> datetime:
    """The day of which somebody knows no hour, so that it is the same day in every reckoning."""
    return datetime.combine(at.astimezone(LONDON).date(), time(12), LONDON)


def log_by(occurred_at: datetime, time_known: TimeKnown, within: timedelta | None) -> datetime:
    """By when it should be written down; `within` None is the same day, as the school's clocks have it."""
    day = occurred_at.astimezone(LONDON).date()
    end_of_day = datetime.combine(day + DAY, time(0), LONDON)
    if within is None:
        return end_of_day
    if time_known is TimeKnown.DATE_ONLY:
        # It may have happened in the last minute of that day.
        return end_of_day + max(within - DAY, timedelta(0))
    return occurred_at + within


def late_by(
    *, occurred_at: datetime | None, time_known: TimeKnown, logged_at: datetime, levels: Iterable[timedelta | None]
) -> int | None:
    """Seconds beyond the strictest of the categories' levels; 0 in time, None where the time is not known."""
    if occurred_at is None:
        return None
    due = min(log_by(occurred_at, time_known, within) for within in levels)
    return max(0, int((logged_at - due).total_seconds()))
