"""When a mail that can wait is sent, by the clock on the school's wall."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.alerting.domain.waiting import Choice, held_until

WEEKDAYS = frozenset(range(5))
AT_HALF_PAST_THREE = Choice(digest_at=time(15, 30), digest_days=WEEKDAYS)
QUIET_NIGHTS = Choice(quiet_from=time(18), quiet_to=time(7, 30))


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("choice", "now", "until"),
    [
        (Choice(), utc(2026, 11, 25, 3), None),
        (AT_HALF_PAST_THREE, utc(2026, 11, 25, 9), utc(2026, 11, 25, 15, 30)),
        (AT_HALF_PAST_THREE, utc(2026, 11, 25, 15, 30), utc(2026, 11, 26, 15, 30)),
        # Summer: half past three in London is half past two in UTC.
        (AT_HALF_PAST_THREE, utc(2026, 7, 1, 9), utc(2026, 7, 1, 14, 30)),
        # Friday evening waits for Monday.
        (AT_HALF_PAST_THREE, utc(2026, 11, 27, 20), utc(2026, 11, 30, 15, 30)),
        (QUIET_NIGHTS, utc(2026, 11, 25, 12), None),
        (QUIET_NIGHTS, utc(2026, 11, 25, 18), utc(2026, 11, 26, 7, 30)),
        (QUIET_NIGHTS, utc(2026, 11, 26, 3), utc(2026, 11, 26, 7, 30)),
        (QUIET_NIGHTS, utc(2026, 11, 26, 7, 30), None),
        (Choice(quiet_from=time(12), quiet_to=time(13)), utc(2026, 11, 25, 12, 30), utc(2026, 11, 25, 13)),
        # The nights in which the clocks go forward and back.
        (QUIET_NIGHTS, utc(2026, 3, 28, 22), utc(2026, 3, 29, 6, 30)),
        (QUIET_NIGHTS, utc(2026, 10, 24, 22), utc(2026, 10, 25, 7, 30)),
        # 01:30 is left out on the day the clocks go forward, and comes twice when they go back: once on each day.
        (Choice(digest_at=time(1, 30), digest_days=frozenset({6})), utc(2026, 3, 29, 0), utc(2026, 3, 29, 1, 30)),
        (Choice(digest_at=time(1, 30), digest_days=frozenset({6})), utc(2026, 10, 25, 0), utc(2026, 10, 25, 0, 30)),
        (Choice(digest_at=time(1, 30), digest_days=frozenset({6})), utc(2026, 10, 25, 0, 45), utc(2026, 11, 1, 1, 30)),
    ],
)
def test_a_mail_that_can_wait_goes_at_the_time_on_the_wall(
    choice: Choice, now: datetime, until: datetime | None
) -> None:
    assert held_until(choice, now) == until


CHOICES = st.builds(
    Choice,
    digest_at=st.none() | st.times(),
    digest_days=st.frozensets(st.integers(0, 6), min_size=1),
    quiet_from=st.times(),
    quiet_to=st.times(),
)


@given(CHOICES, st.integers(0, 6 * 366 * 86_400))
def test_nothing_waits_for_longer_than_eight_days_or_goes_before_it_was_written(choice: Choice, seconds: int) -> None:
    now = utc(2024, 1, 1) + timedelta(seconds=seconds)
    until = held_until(choice, now)
    assert until is None or now < until <= now + timedelta(days=8)
