"""A roll as CSV: characters, separator and headings of whichever system wrote it, found out and open to correction."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.incident.domain import plain
from services.incident.roll_file.decoding import text_of
from services.incident.roll_file.rows import MOST_ROWS, SHEET_CONTACTS, Cells, RollRow, read_row
from shared.errors import FieldError, Invalid

# What SIMS, Arbor, Bromcom, ScholarPack and iSAMS call it, in small letters without dots; the first is said to people.
_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "upn": ("upn", "unique pupil number", "pupil upn", "student upn"),
    "former_upn": ("former upn", "previous upn"),
    "local_id": (
        "admission number", "admission no", "adm no", "adno", "student id", "pupil id", "pupil number", "school id",
        "arbor student id", "isams id", "person id", "mis id", "external id",
    ),
    "surname": (
        "surname", "last name", "legal surname", "legal last name", "family name", "pupil surname", "student surname",
    ),
    "forename": (
        "forename", "first name", "legal forename", "legal first name", "given name", "pupil forename",
        "student forename", "forename(s)", "forenames",
    ),
    "preferred_surname": ("preferred surname", "preferred last name", "chosen surname", "chosen last name"),
    "preferred_forename": (
        "preferred forename", "preferred first name", "preferred name", "known as", "chosen name", "chosen first name",
        "chosen forename",
    ),
    "former_surname": ("former surname", "previous surname"),
    "former_forename": ("former forename", "previous forename"),
    "born": ("date of birth", "dob", "birth date", "birthdate", "born"),
    "sex": ("sex", "gender", "legal sex"),
    "year_group": (
        "year group", "year", "nc year", "yeargroup", "national curriculum year", "nc year actual", "curriculum year",
        "year taught in",
    ),
    "class_code": (
        "class", "reg group", "registration group", "registration form", "reg", "form", "form group", "tutor group",
        "class code", "class name", "registration",
    ),
    "possible": ("sessions possible", "possible sessions", "possible marks", "possible"),
    "attended": ("sessions attended", "attended", "present", "present marks", "attendances"),
    "authorised": ("sessions authorised", "authorised absences", "authorised"),
    "unauthorised": ("sessions unauthorised", "unauthorised absences", "unauthorised"),
    "looked_after": ("looked after", "in care", "cla", "lac"),
    "sen": ("sen status", "sen provision", "sen"),
    "medical": ("medical flag", "medical"),
}  # fmt: skip
_OF_CONTACTS: Final = {
    f"contact_{number}_{what}": (f"contact {number} {said}", f"contact{number} {said}", f"priority {number} {said}")
    for number in SHEET_CONTACTS
    for what, said in (("name", "name"), ("relationship", "relationship"), ("phone", "phone"), ("email", "email"))
}
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {**_NAMES, **_OF_CONTACTS}
REQUIRED: Final = ("surname", "forename", "born", "year_group")
MOST_HEADINGS: Final = 200
MOST_FAULTS: Final = 50
_SEPARATORS: Final = ",;\t"


@dataclass(frozen=True, slots=True)
class Sheet:
    encoding: str
    separator: str
    headings: list[str]
    lines: list[list[str]]

    def cells(self, mapping: Mapping[str, str | None]) -> Iterator[Cells]:
        """Each line by column. `mapping` names a heading for each column it takes."""
        places = {column: self.headings.index(name) for column, name in mapping.items() if name in self.headings}
        for line in self.lines:
            yield {column: line[place] if place < len(line) else "" for column, place in places.items()}


def read_sheet(content: bytes) -> Sheet:
    """A CSV file with its headings. Raises Invalid, with a sentence, for what cannot be read as one."""
    text, encoding = text_of(content)
    if text.lstrip().startswith("<"):
        raise Invalid(FieldError("file", "This is XML and not CSV; send a CTF file as application/xml."))
    separator = _separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        lines = [line for line in reader if any(cell.strip() for cell in line)]
    except csv.Error:
        words = f"Line {reader.line_num} cannot be read as CSV; export the file again."
        raise Invalid(FieldError("file", words)) from None
    if not lines:
        raise Invalid(FieldError("file", "The file is empty."))
    if len(lines) > MOST_ROWS + 1 or len(lines[0]) > MOST_HEADINGS:
        raise Invalid(FieldError("file", f"The file has more than {MOST_ROWS} rows; send one school's roll."))
    return Sheet(encoding, separator, [heading.strip() for heading in lines[0]], lines[1:])


def _separator(text: str) -> str:
    """The one the headings are written with; a quoted heading may hold another."""
    head = next((line for line in text.splitlines() if line.strip()), "")
    counts = [len(next(csv.reader([head], delimiter=separator))) for separator in _SEPARATORS]
    return _SEPARATORS[counts.index(max(counts))]


def guessed(headings: Sequence[str]) -> dict[str, str | None]:
    """For each column the heading that is probably meant; None where there is none."""
    given = [plain(heading.replace("_", " ")) for heading in headings]
    return {
        column: next((headings[given.index(name)] for name in names if name in given), None)
        for column, names in COLUMNS.items()
    }


def missing_columns(mapping: Mapping[str, str | None]) -> list[str]:
    return [column for column in REQUIRED if not mapping.get(column)]


def read_roll(content: bytes, today: date) -> list[RollRow]:
    """The rows of a file, all or none: raises Invalid with what is wrong, each by line and column."""
    sheet = read_sheet(content)
    mapping = guessed(sheet.headings)
    if missing := missing_columns(mapping):
        words = "There is no column “{}”."
        raise Invalid(*(FieldError(f"file.1.{column}", words.format(COLUMNS[column][0])) for column in missing))
    faults: list[FieldError] = []
    rows: list[RollRow] = []
    for number, cells in enumerate(sheet.cells(mapping), start=2):
        row, found = read_row(cells, today)
        faults += [FieldError(f"file.{number}.{column}", message) for column, message in found]
        rows += [row] if row else []
    faults.extend(_twice(rows))
    if faults:
        raise Invalid(*faults[:MOST_FAULTS], detail=f"{len(faults)} thing(s) need attention; nothing was imported.")
    return rows


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
