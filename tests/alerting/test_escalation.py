"""By when an incident must be read: hours, holidays, days on which clocks change, and a clock that is put back."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from services.alerting.domain.escalation import Look, Rung, Settings, climb, look, read_by
from shared.contracts.words import Sensitivity
from tests.alerting.staff_room import (
    BEHAVIOUR,
    BOYLE,
    HADDAD,
    LINDQVIST,
    NKEMELU,
    WELFARE,
    away,
    incident,
    named,
    others,
    school,
    shielded,
)

ORDINARY, SENSITIVE, PROTECTION = Sensitivity.ORDINARY, Sensitivity.SENSITIVE, Sensitivity.CHILD_PROTECTION
HOURS = dict.fromkeys(range(5), (time(8), time(16)))
SET = Settings(hours=HOURS, holidays=[(date(2026, 12, 21), date(2027, 1, 1))])
FOUR = timedelta(hours=4)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


FRIDAY = utc(2026, 11, 20, 15)


def test_r89_child_protection_is_to_be_read_within_the_hour_whatever_the_hour() -> None:
    for since in (FRIDAY, utc(2026, 11, 21, 23), utc(2026, 12, 25, 3)):
        for sensitivity in (PROTECTION, Sensitivity.UNKNOWN):
            assert read_by(incident(sensitivity=sensitivity), SET, since) == since + timedelta(hours=1)
        assert read_by(incident(urgent=True), SET, since) == since + timedelta(hours=1)


def test_r89_sensitive_is_four_hours_of_the_schools_own_time() -> None:
    facts = incident(sensitivity=SENSITIVE)
    assert read_by(facts, Settings(), FRIDAY) == FRIDAY + FOUR
    # One hour is left on Friday, three go into Monday.
    assert read_by(facts, SET, FRIDAY) == utc(2026, 11, 23, 11)
    assert read_by(facts, SET, utc(2026, 11, 20, 5)) == utc(2026, 11, 20, 12)
    assert read_by(facts, SET, utc(2026, 12, 18, 15)) == utc(2027, 1, 4, 11)


def test_r89_ordinary_is_by_the_end_of_the_next_school_day() -> None:
    assert read_by(incident(), Settings(), FRIDAY) == utc(2026, 11, 23, 17)
    assert read_by(incident(), SET, FRIDAY) == utc(2026, 11, 23, 16)
    assert read_by(incident(), SET, utc(2026, 12, 18, 9)) == utc(2027, 1, 4, 16)
    # Just before midnight in Greenwich it is the next day in a British summer.
    assert read_by(incident(), SET, utc(2026, 7, 6, 23, 30)) == utc(2026, 7, 8, 15)


def test_hours_are_counted_by_the_wall_and_time_by_what_passes_when_clocks_change() -> None:
    night = Settings(hours=dict.fromkeys(range(7), (time(0), time(6))))
    # Back at 02:00 on 25 October 2026, so that night has an hour more; forward on 28 March 2027, an hour less.
    six = named("six")
    night = Settings(read_within={six: timedelta(hours=7)}, hours=night.hours)
    facts = incident(six, sensitivity=SENSITIVE)
    assert read_by(facts, night, utc(2026, 10, 24, 23)) == utc(2026, 10, 25, 6)
    assert read_by(facts, night, utc(2027, 3, 28, 0)) == utc(2027, 3, 29, 1)
    assert read_by(incident(), SET, utc(2026, 10, 23, 9)) == utc(2026, 10, 26, 16)
    assert read_by(incident(), SET, utc(2027, 3, 26, 9)) == utc(2027, 3, 29, 15)


def test_the_schools_own_times_count_and_the_shortest_of_them() -> None:
    own = Settings(read_within={BEHAVIOUR: timedelta(minutes=30), WELFARE: timedelta(minutes=90)})
    assert read_by(incident(BEHAVIOUR, WELFARE), own, FRIDAY) == FRIDAY + timedelta(minutes=30)
    below = incident(named("physical"), parent_category_ids=[BEHAVIOUR])
    assert read_by(below, own, FRIDAY) == FRIDAY + timedelta(minutes=30)
    mixed = incident(WELFARE, named("disclosure"), sensitivity=PROTECTION)
    # What the school said of another category does not put child protection off.
    assert read_by(mixed, own, FRIDAY) == FRIDAY + timedelta(minutes=60)


def test_a_school_that_never_opens_again_puts_nothing_off_for_ever() -> None:
    closed = Settings(holidays=[(date(2020, 1, 1), date(2099, 1, 1))])
    for sensitivity in (ORDINARY, SENSITIVE):
        assert read_by(incident(sensitivity=sensitivity), closed, FRIDAY) < FRIDAY + timedelta(days=121)


@pytest.mark.parametrize(
    ("now", "what"),
    [
        (FRIDAY, Look.WAIT),
        (FRIDAY + timedelta(minutes=59), Look.WAIT),
        (FRIDAY + timedelta(minutes=60), Look.FIRE),
        (FRIDAY + timedelta(days=4000), Look.FIRE),
        (FRIDAY - timedelta(seconds=2), Look.WAIT),
        (FRIDAY - timedelta(minutes=5), Look.SET_AGAIN),
    ],
)
def test_a_clock_that_was_put_back_makes_the_time_worthless(now: datetime, what: Look) -> None:
    assert look(now, due_at=FRIDAY + timedelta(minutes=60), set_at=FRIDAY) is what


def test_r69_the_line_is_climbed_from_the_deputies_to_the_trust() -> None:
    deputies = tuple(sorted((HADDAD.staff_id, LINDQVIST.staff_id)))
    assert climb(Rung.DEPUTY, incident(), school()) == (Rung.DEPUTY, deputies)
    assert climb(Rung.HEAD, incident(), school()) == (Rung.HEAD, (BOYLE.staff_id,))
    assert climb(Rung.TRUST, incident(), school()) == (Rung.TRUST, (NKEMELU.staff_id,))
    assert climb(Rung.TRUST, incident(), school(trust=())) is None


def test_c12_a_rung_of_shielded_people_is_passed_over() -> None:
    here = school(shields=shielded(HADDAD, LINDQVIST))
    assert climb(Rung.DEPUTY, incident(), here) == (Rung.HEAD, (BOYLE.staff_id,))
    here = school(shields=shielded(HADDAD, LINDQVIST, BOYLE))
    assert climb(Rung.DEPUTY, incident(), here) == (Rung.TRUST, (NKEMELU.staff_id,))


def test_for_a_deputy_who_is_away_their_own_deputy_is_told() -> None:
    gone = away(HADDAD, LINDQVIST)
    assert climb(Rung.DEPUTY, incident(), school(*others(gone), gone)) == (Rung.DEPUTY, (LINDQVIST.staff_id,))
