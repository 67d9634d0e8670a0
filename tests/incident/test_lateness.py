"""By when something is to be written down, and how late it was."""

from datetime import UTC, datetime, timedelta

import pytest

from services.incident.domain import TimeKnown, late_by, midday

HOUR = timedelta(hours=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("happened", "logged", "levels", "seconds"),
    [
        # The same day, by the clocks of the school: in summer it ends at 23:00 UTC.
        ("2026-06-03T12:40:00+01:00", "2026-06-03T23:59:59+01:00", [None], 0),
        ("2026-06-03T12:40:00+01:00", "2026-06-04T00:10:00+01:00", [None], 600),
        ("2026-01-03T00:01:00+00:00", "2026-01-03T23:59:00+00:00", [None], 0),
        # In minutes.
        ("2026-01-03T12:00:00+00:00", "2026-01-03T12:59:00+00:00", [HOUR], 0),
        ("2026-01-03T12:00:00+00:00", "2026-01-03T13:00:01+00:00", [HOUR], 1),
        # The strictest of several counts, whichever it is.
        ("2026-01-03T12:00:00+00:00", "2026-01-03T14:00:00+00:00", [None, HOUR], 3600),
        ("2026-01-03T12:00:00+00:00", "2026-01-04T01:00:00+00:00", [48 * HOUR, None], 3600),
        ("2026-01-03T12:00:00+00:00", "2026-01-05T13:00:00+00:00", [48 * HOUR], 3600),
    ],
)
def test_c11_lateness_follows_the_service_level_of_the_categories(
    happened: str, logged: str, levels: list[timedelta | None], seconds: int
) -> None:
    found = late_by(occurred_at=at(happened), time_known=TimeKnown.EXACT, logged_at=at(logged), levels=levels)
    assert found == seconds


@pytest.mark.parametrize(
    ("level", "logged", "seconds"),
    [
        (HOUR, "2026-01-03T23:59:00+00:00", 0),
        (HOUR, "2026-01-04T01:00:00+00:00", 3600),
        (25 * HOUR, "2026-01-04T01:00:00+00:00", 0),
    ],
)
def test_of_a_date_alone_the_last_minute_of_the_day_is_believed(level: timedelta, logged: str, seconds: int) -> None:
    happened = at("2026-01-03T12:00:00+00:00")
    assert (
        late_by(occurred_at=happened, time_known=TimeKnown.DATE_ONLY, logged_at=at(logged), levels=[level]) == seconds
    )


def test_what_has_no_time_is_not_measured() -> None:
    now = datetime.now(UTC)
    assert late_by(occurred_at=None, time_known=TimeKnown.NOT_KNOWN, logged_at=now, levels=[None]) is None


def test_a_day_is_kept_as_its_midday_in_summer_and_in_winter() -> None:
    assert midday(at("2026-06-03T23:30:00+00:00")) == at("2026-06-04T12:00:00+01:00")
    assert midday(at("2026-01-03T00:00:00+00:00")) == at("2026-01-03T12:00:00+00:00")
