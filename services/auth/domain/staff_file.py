"""The staff as a CSV file, read and written. Pure."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from shared.contracts.words import Role

MOST_ROWS: Final = 2000
NO_CSV: Final = "This is not a CSV file. Save the sheet as CSV (UTF-8) and try again."
LONGEST_CELL: Final = 200
HEADINGS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("email", "e-mail", "email address", "e-mail address"), "email"),
    "title": "title",
    **dict.fromkeys(("forename", "first name", "given name"), "forename"),
    **dict.fromkeys(("surname", "last name", "family name"), "surname"),
    **dict.fromkeys(("role", "roles"), "roles"),
    **dict.fromkeys(("class", "classes"), "classes"),
}
NEEDED: Final = ("email", "surname", "roles")
ROLES: Final[Mapping[str, Role]] = {
    **{role.value.replace("_", " "): role for role in Role if role is not Role.UNKNOWN},
    "headteacher": Role.HEAD,
    "head teacher": Role.HEAD,
    "designated safeguarding lead": Role.LEAD_DSL,
    "deputy designated safeguarding lead": Role.DEPUTY_DSL,
    "sendco": Role.SENCO,
    "ta": Role.TEACHING_ASSISTANT,
    "support staff": Role.SUPPORT,
}
# A spreadsheet takes a cell that begins so for a formula, and runs it on the computer of who opens the file.
FORMULA: Final = tuple("=+-@\t\r")


@dataclass(slots=True)
class Row:
    """One line of the file; `faults` say in words why it cannot go in."""

    number: int
    email: str = ""
    title: str = ""
    forename: str = ""
    surname: str = ""
    roles: list[Role] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


class Unreadable(ValueError):  # noqa: N818 - said to a person
    """The file as a whole is not one of staff; the message says why."""


def read_rows(content: bytes) -> list[Row]:
    """UTF-8 with or without mark, else Windows' letters; commas, semicolons or tabs. Raises Unreadable."""
    text = _decoded(content)
    heading, _, _ = text.partition("\n")
    delimiter = max(",;\t", key=heading.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        raise Unreadable(NO_CSV) from None
    columns = [HEADINGS.get(name.strip().casefold()) for name in lines[0]] if lines else []
    missing = [name for name in NEEDED if name not in columns]
    if missing:
        raise Unreadable(f"The first line must name the columns; missing: {', '.join(missing)}.")
    if len(lines) > MOST_ROWS + 1:
        raise Unreadable(f"At most {MOST_ROWS} people at once.")
    rows = [_row(number, columns, cells) for number, cells in enumerate(lines[1:], start=2) if any(cells)]
    _mark_twice(rows)
    return rows


def written(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A CSV file whose cells no spreadsheet runs."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([list(heading), *([_defused(cell) for cell in row] for row in rows)])
    return out.getvalue()


def _defused(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _decoded(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if "\x00" in text:
        raise Unreadable(NO_CSV)
    return text


def _row(number: int, columns: Sequence[str | None], cells: Sequence[str]) -> Row:
    given = {name: _plain(cell) for name, cell in zip(columns, cells, strict=False) if name}
    row = Row(number, classes=_words(given.get("classes", "")))
    row.email, row.title = given.get("email", ""), given.get("title", "")
    row.forename, row.surname = given.get("forename", ""), given.get("surname", "")
    for word in _words(given.get("roles", "")):
        role = ROLES.get(re.sub(r"[\s_-]+", " ", word.casefold()))
        if role is None:
            row.faults.append(f"There is no role called {word!r}.")
        else:
            row.roles.append(role)
    if not row.roles and not row.faults:
        row.faults.append("There is no role.")
    if not row.surname:
        row.faults.append("There is no surname.")
    if any(len(cell) > LONGEST_CELL for cell in cells):
        row.faults.append(f"A cell has more than {LONGEST_CELL} characters.")
    return row


def _mark_twice(rows: Sequence[Row]) -> None:
    seen: set[str] = set()
    for row in rows:
        key = row.email.casefold()
        if key and key in seen:
            row.faults.append("This address is in the file twice.")
        seen.add(key)


def _plain(cell: str) -> str:
    """A cell without what was put before it so that no spreadsheet runs it."""
    text = cell.strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text


def _words(cell: str) -> list[str]:
    return [word for part in re.split(r"[;,|]", cell) if (word := part.strip())]
