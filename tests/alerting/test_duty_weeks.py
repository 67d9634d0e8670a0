"""Which days are this week, by the clock on the school's wall."""

from datetime import UTC, datetime, timedelta

import pytest

from services.alerting.domain.duties import week_of


@pytest.mark.parametrize(
    ("now", "begins", "hours"),
    [
        (datetime(2026, 11, 25, 12, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC), 168),
        # Sunday 23:30 in London is Sunday still, Monday 00:30 is the next week.
        (datetime(2026, 7, 5, 22, 30, tzinfo=UTC), datetime(2026, 6, 28, 23, tzinfo=UTC), 168),
        (datetime(2026, 7, 5, 23, 30, tzinfo=UTC), datetime(2026, 7, 5, 23, tzinfo=UTC), 168),
        # The weeks in which the clocks change.
        (datetime(2026, 3, 27, 12, tzinfo=UTC), datetime(2026, 3, 23, tzinfo=UTC), 167),
        (datetime(2026, 10, 21, 12, tzinfo=UTC), datetime(2026, 10, 18, 23, tzinfo=UTC), 169),
    ],
)
def test_a_week_goes_from_monday_to_monday_also_when_the_clocks_change(
    now: datetime, begins: datetime, hours: int
) -> None:
    assert week_of(now) == (begins, begins + timedelta(hours=hours))
