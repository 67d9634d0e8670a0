"""How often somebody may look a child up (C4). Pure."""

from datetime import datetime, timedelta
from typing import Final

PICKS: Final = 30
PICKS_WITHIN: Final = timedelta(minutes=10)
PICKS_THEN_EVERY: Final = timedelta(seconds=20)


def seconds_to_wait(picks: int, last: datetime | None, now: datetime) -> int:
    """Thirty picks in ten minutes go at once; then one every twenty seconds (C4)."""
    if picks < PICKS or last is None:
        return 0
    left = PICKS_THEN_EVERY - (now - last)
    return max(0, int(left.total_seconds()) + 1) if left > timedelta(0) else 0
