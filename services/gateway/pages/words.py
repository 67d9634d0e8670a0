"""Times in the words of a page: "today, 12:40", "Tuesday 3 March, 12:40". In the database UTC, here London."""

from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def at(value: datetime | str) -> datetime:
    """A time as the API says it, on London's clock."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.astimezone(LONDON)


def on(value: date | str) -> date:
    """A date; of a time, the day that it is in London."""
    if isinstance(value, datetime) or (isinstance(value, str) and len(value) > len("2026-03-02")):
        return at(value).date()
    return date.fromisoformat(value) if isinstance(value, str) else value


def day(value: date | str, *, today: date | None = None) -> str:
    """A date without a time: "today", "yesterday", "Tuesday 3 March", and the year where it is not this one."""
    told = on(value)
    today = today or datetime.now(LONDON).date()
    if told == today:
        return "today"
    if told == today - timedelta(days=1):
        return "yesterday"
    return plain_day(told, today=today)


def plain_day(value: date | str, *, today: date | None = None) -> str:
    told = on(value)
    this_year = (today or datetime.now(LONDON).date()).year
    return f"{told:%A} {told.day} {told:%B}" + ("" if told.year == this_year else f" {told.year}")


def bare_date(value: date | str) -> str:
    """A date whose day of the week says nothing, as that of a birth."""
    told = on(value)
    return f"{told.day} {told:%B} {told.year}"


def age(born: date | str, *, today: date | None = None) -> int:
    """Whole years."""
    birth, today = on(born), today or datetime.now(LONDON).date()
    return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))


def when(value: datetime | str, *, now: datetime | None = None) -> str:
    moment = at(value)
    return f"{day(moment.date(), today=at(now).date() if now else None)}, {moment:%H:%M}"


def clock(value: datetime | str) -> str:
    return f"{at(value):%H:%M}"


def since(value: datetime | str, *, now: datetime | None = None) -> str:
    """How long ago, as short as a list needs it: "2 min", "1 h 05", "3 days"."""
    minutes = max(0, int(((now or datetime.now(LONDON)) - at(value)).total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 24 * 60:
        return f"{minutes // 60} h {minutes % 60:02d}"
    days = minutes // (24 * 60)
    return f"{days} day" if days == 1 else f"{days} days"


def capital(words: str) -> str:
    return words[:1].upper() + words[1:]


# What an action of the audit would not say as English does.
DEEDS: Final = {
    "pupil:looked_at_read": "Child: who has looked, read",
    "incident:told_read": "Incident: what its writer is told, read",
}


def deed(action: str) -> str:
    """An action of the audit as one reads it: "pupil:patterns_read" is "Child: patterns read"."""
    kind, _, done = action.partition(":")
    told = f"{'child' if kind == 'pupil' else kind}: {done}"
    return DEEDS.get(action) or capital(told.replace("_", " ").replace("-", " "))


def grouped(secret: str) -> str:
    """A key that somebody has to type, in fours."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def count(number: int, one: str, several: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else several or one + 's'}"


def midnight(value: str, *, after: bool = False) -> str | None:
    """The moment at which a day of a date field begins in London, or ends; None for what is no date."""
    try:
        told = date.fromisoformat(value) + timedelta(days=1 if after else 0)
    except (ValueError, OverflowError):
        return None
    return datetime(told.year, told.month, told.day, tzinfo=LONDON).isoformat()


# The parts, roles and reasons that the API names, as people say them.
PARTS = {
    "subject": "About them",
    "harmed": "Harmed",
    "alleged": "Alleged to have harmed",
    "witness": "Saw it",
    "sibling": "Sibling",
    "mentioned": "Mentioned",
}
ROLES = {
    "head": "Head",
    "lead_dsl": "Lead DSL",
    "deputy_dsl": "Deputy DSL",
    "senco": "SENCo",
    "senior_leader": "Senior leader",
    "pastoral": "Pastoral",
    "teacher": "Teacher",
    "teaching_assistant": "Teaching assistant",
    "support": "Support staff",
}
WHY = {
    "head": "Head: every incident",
    "lead_dsl": "Lead DSL: every incident",
    "rule": "A rule",
    "chosen_person": "Chosen by the writer",
    "chosen_group": "In a group that the writer chose",
    "stand_in": "Stands in for a DSL",
    "readded": "Told again",
    "class_teacher": "Teaches the class",
    "deputy": "Deputy of somebody who is away",
    "escalated": "Nobody had read it in time",
}
