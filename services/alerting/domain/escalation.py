"""By when an incident must be read, and who is told when it is not. Pure: times in UTC in, times in UTC out.

Hours and holidays are the school's, by the clock on its wall; child protection and what is urgent never wait for them.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum, IntEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from services.alerting.recipients import School, there_for
from shared.contracts.incident import IncidentFacts
from shared.contracts.words import Role, Sensitivity

LONDON: Final = ZoneInfo("Europe/London")
"""Where the schools are, by whose days and hours is counted."""

AT_ONCE: Final = timedelta(minutes=60)
SENSITIVE: Final = timedelta(hours=4)
SCHOOL_DAYS: Final[Mapping[int, tuple[time, time]]] = MappingProxyType({day: (time(8), time(17)) for day in range(5)})
"""Where the school has not said when it is open. Monday is 0."""
LONGEST_CLOSURE: Final = 120
"""Days. A school that is never open again would keep an incident from ever being escalated."""
TICK: Final = timedelta(seconds=5)
"""Two clocks of one database, before and after it moved, may differ by this much without having been set back."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a school says. Without hours and holidays time runs day and night."""

    read_within: Mapping[UUID, timedelta] = field(default_factory=dict)
    hours: Mapping[int, tuple[time, time]] = field(default_factory=dict)
    holidays: Sequence[tuple[date, date]] = ()


class Rung(IntEnum):
    """Who is told next when nobody of the line has read it."""

    DEPUTY = 1
    HEAD = 2
    TRUST = 3


class Look(Enum):
    WAIT = "wait"
    FIRE = "fire"
    SET_AGAIN = "set again"


def read_by(facts: IncidentFacts, settings: Settings, since: datetime) -> datetime:
    """When time is up for what was raised, or escalated, at `since`."""
    within = _within(facts, settings)
    if facts.urgent:
        within = min(within or AT_ONCE, AT_ONCE)
    if within is not None and never_waits(facts):
        return since + within
    if within is None:
        return _end_of_next_school_day(settings, since)
    return _in_open_time(settings, since, within)


def never_waits(facts: IncidentFacts) -> bool:
    # A sensitivity this version does not know is above all others.
    return facts.urgent or facts.sensitivity >= Sensitivity.CHILD_PROTECTION


def look(now: datetime, *, due_at: datetime, set_at: datetime) -> Look:
    """What to do about a time that was set. A clock that was put back since then makes it worthless."""
    if now < set_at - TICK:
        return Look.SET_AGAIN
    return Look.FIRE if now >= due_at else Look.WAIT


def climb(
    rung: Rung, facts: IncidentFacts, school: School, *, past: Collection[UUID] = ()
) -> tuple[Rung, tuple[UUID, ...]] | None:
    """The first rung from here on which somebody may be told: whoever is shielded or has left is passed over.

    `past`: whose turn it was, and who is not told of it as the next in line.
    """
    for step in Rung:
        people = there_for(_on(step, school), facts, school) if step >= rung else ()
        if people := tuple(staff_id for staff_id in people if staff_id not in past):
            return step, people
    return None


def _on(rung: Rung, school: School) -> Sequence[UUID]:
    if rung is Rung.TRUST:
        return [person.staff_id for person in school.trust_leads]
    role = Role.DEPUTY_DSL if rung is Rung.DEPUTY else Role.HEAD
    return [person.staff_id for person in school.staff if role in person.roles]


def _within(facts: IncidentFacts, settings: Settings) -> timedelta | None:
    """The shortest of its categories' times: a category's own, else what lies above it, else by sensitivity."""
    own = [settings.read_within[i] for i in facts.category_ids if i in settings.read_within]
    if own and len(own) == len(set(facts.category_ids)):
        return min(own)
    own += [settings.read_within[i] for i in facts.parent_category_ids if i in settings.read_within]
    default = _default(facts.sensitivity)
    if default is None or (own and facts.sensitivity < Sensitivity.CHILD_PROTECTION):
        return min(own, default=default)
    return min([*own, default])


def _default(sensitivity: Sensitivity) -> timedelta | None:
    if sensitivity >= Sensitivity.CHILD_PROTECTION:
        return AT_ONCE
    return SENSITIVE if sensitivity == Sensitivity.SENSITIVE else None


def _in_open_time(settings: Settings, since: datetime, within: timedelta) -> datetime:
    if not (settings.hours or settings.holidays):
        return since + within
    left = within
    for opens, closes in _open(settings, since):
        begins = max(opens, since)
        if closes - begins >= left:
            return begins + left
        left -= max(closes - begins, timedelta())
    return since + timedelta(days=LONGEST_CLOSURE)


def _end_of_next_school_day(settings: Settings, since: datetime) -> datetime:
    today = since.astimezone(LONDON).date()
    for opens, closes in _open(settings, since):
        if opens.astimezone(LONDON).date() > today:
            return closes
    return since + timedelta(days=LONGEST_CLOSURE)


def _open(settings: Settings, since: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The school's open times from the day of `since` on. In UTC, for a day on which clocks change is not 24 hours."""
    first = since.astimezone(LONDON).date()
    hours = settings.hours or SCHOOL_DAYS
    for number in range(LONGEST_CLOSURE):
        day = first + timedelta(days=number)
        if day.weekday() in hours and not any(begins <= day <= ends for begins, ends in settings.holidays):
            opens, closes = hours[day.weekday()]
            yield _utc(day, opens), _utc(day, closes)


def _utc(day: date, at: time) -> datetime:
    return datetime.combine(day, at, LONDON).astimezone(UTC)
