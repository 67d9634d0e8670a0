"""A roll as a school's information system exports it (CSV), read into rows; every fault with its line. Pure."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from services.incident.domain import birth_fault, plain, upn_fault, year_group
from shared.errors import FieldError, Invalid

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "upn": ("upn", "unique pupil number"),
    "surname": ("surname", "last name", "legal surname", "family name"),
    "forename": ("forename", "first name", "legal forename", "given name"),
    "born": ("date of birth", "dob", "birth date", "born"),
    "sex": ("sex", "gender", "legal sex"),
    "year_group": ("year group", "year", "nc year"),
    "class_code": ("class", "reg group", "registration group", "form", "class code"),
}
REQUIRED: Final = ("surname", "forename", "born", "year_group")
LONGEST: Final = 100
MOST_ROWS: Final = 5_000
MOST_FAULTS: Final = 50
_DATES: Final = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")


@dataclass(frozen=True, slots=True)
class RollRow:
    upn: str | None
    surname: str
    forename: str
    born: date
    sex: str
    year_group: str
    class_code: str | None

    @property
    def person(self) -> tuple[str, str, date]:
        """By which a child without a UPN is known again."""
        return plain(self.forename), plain(self.surname), self.born


def read_roll(content: bytes, today: date) -> list[RollRow]:
    """The rows of a file. Raises Invalid with what is wrong, each by line and column; then nothing is taken."""
    reader = csv.reader(io.StringIO(_text(content), newline=""), strict=True)
    try:
        lines = [line for line in reader if any(cell.strip() for cell in line)]
    except csv.Error:
        raise Invalid(
            FieldError("file", f"Line {reader.line_num} cannot be read as CSV; export the file again.")
        ) from None
    if not lines:
        raise Invalid(FieldError("file", "The file is empty."))
    places = _columns(lines[0])
    if len(lines) > MOST_ROWS + 1:
        raise Invalid(FieldError("file", f"The file has more than {MOST_ROWS} rows; send one school's roll."))
    faults: list[FieldError] = []
    rows = [row for number, line in enumerate(lines[1:], start=2) if (row := _row(line, places, number, today, faults))]
    faults.extend(_twice(rows))
    if faults:
        raise Invalid(*faults[:MOST_FAULTS], detail=f"{len(faults)} thing(s) need attention; nothing was imported.")
    return rows


def _text(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What is not UTF-8 comes from an older Windows program.
        text = content.decode("cp1252", errors="replace")
    if "\x00" in text:
        raise Invalid(FieldError("file", "The file contains NUL characters; save it as CSV (UTF-8)."))
    return text


def _columns(head: list[str]) -> dict[str, int]:
    given = [plain(cell.replace("_", " ")) for cell in head]
    places = {
        column: given.index(name) for column, names in COLUMNS.items() for name in reversed(names) if name in given
    }
    missing = [column for column in REQUIRED if column not in places]
    if missing:
        raise Invalid(
            *(FieldError(f"file.1.{column}", f"There is no column “{COLUMNS[column][0]}”.") for column in missing)
        )
    return places


def _row(
    line: list[str], places: Mapping[str, int], number: int, today: date, faults: list[FieldError]
) -> RollRow | None:
    cells = {column: line[place].strip() if place < len(line) else "" for column, place in places.items()}
    born, year = _date(cells["born"]), year_group(cells["year_group"])
    upn = cells.get("upn", "").upper() or None
    found = [
        FieldError(f"file.{number}.{column}", message) for column, message in _faults(cells, born, year, upn, today)
    ]
    faults.extend(found)
    if found or born is None or year is None:
        return None
    return RollRow(
        upn=upn,
        surname=cells["surname"],
        forename=cells["forename"],
        born=born,
        sex=cells.get("sex", "")[:1].upper(),
        year_group=year,
        class_code=cells.get("class_code") or None,
    )


def _faults(
    cells: Mapping[str, str], born: date | None, year: str | None, upn: str | None, today: date
) -> Iterator[tuple[str, str]]:
    for column, cell in cells.items():
        if not cell and column in {"surname", "forename"}:
            yield column, "Enter this."
        if len(cell) > LONGEST:
            yield column, f"Use at most {LONGEST} characters."
    if born is None:
        yield "born", "Enter a date, for example 2016-03-12 or 12/03/2016."
    elif wrong := birth_fault(born, today):
        yield "born", wrong
    if year is None:
        yield "year_group", "Enter a year group: N1, N2, R or 1 to 14."
    if upn and (wrong := upn_fault(upn)):
        yield "upn", wrong


def _date(text: str) -> date | None:
    for form in _DATES:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a birthday has no time zone
        except ValueError:
            continue
    return None


def _twice(rows: list[RollRow]) -> Iterator[FieldError]:
    upns: set[str] = set()
    people: set[tuple[str, str, date]] = set()
    for number, row in enumerate(rows, start=2):
        if row.upn and row.upn in upns:
            yield FieldError(f"file.{number}.upn", "Another row has this UPN.")
        if not row.upn and row.person in people:
            yield FieldError(f"file.{number}.surname", "Another row is the same child; give both a UPN.")
        if row.upn:
            upns.add(row.upn)
        people.add(row.person)
