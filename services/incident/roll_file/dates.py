"""Dates as they stand in British exports. Pure."""

import re
from datetime import date, datetime
from typing import Final

_FORMS: Final = ("%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y", "%d %b %Y", "%d %B %Y", "%d %b %y")
_TIME: Final = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z| ?[ap]m)?$", re.IGNORECASE)
_BETWEEN: Final = re.compile(r"(?<=\w)[-. ]+(?=\w)")
_OLD: Final = "%y"


def date_of(text: str, today: date) -> date | None:
    """A day, the day before the month; a year of two digits is the last such year. None for what is no date."""
    text = _TIME.sub("", text.strip())
    if not re.match(r"\d{4}-", text):
        between = " " if re.search("[a-z]", text, re.IGNORECASE) else "/"
        text = _BETWEEN.sub(between, text)
    for form in _FORMS:
        try:
            found = datetime.strptime(text, form).date()  # noqa: DTZ007 - a birthday has no time zone
        except ValueError:
            continue
        if form.endswith(_OLD) and found > today:
            found = found.replace(year=found.year - 100)
        return found
    return None
