"""One child of a file: what its cells mean, or what is wrong with them. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeAlias

from services.incident.domain import birth_fault, plain, upn_fault, year_group
from services.incident.roll_file.dates import date_of

Cells: TypeAlias = Mapping[str, Any]
"""By column; texts, but for `contacts` (a list of objects) of a CTF file. What a file does not have is not in it."""
Fault: TypeAlias = tuple[str, str]
"""A column and what is wrong there."""

LONGEST: Final = 100
LONGEST_EMAIL: Final = 254
MOST_ROWS: Final = 5_000
MOST_CONTACTS: Final = 20
SHEET_CONTACTS: Final = (1, 2, 3)
_YES: Final = frozenset({"y", "yes", "true", "t", "1"})
_NO: Final = frozenset({"n", "no", "false", "f", "0"})


@dataclass(frozen=True, slots=True)
class ContactRow:
    priority: int
    title: str
    forename: str
    surname: str
    relationship: str
    phones: tuple[tuple[str, str], ...]
    email: str | None
    parental_responsibility: bool | None

    @property
    def person(self) -> str:
        return plain(f"{self.forename} {self.surname}")


@dataclass(frozen=True, slots=True)
class AttendanceRow:
    """Sessions, which are half days."""

    possible: int
    attended: int
    authorised: int
    unauthorised: int


@dataclass(frozen=True, slots=True)
class RollRow:
    upn: str | None
    surname: str
    forename: str
    born: date
    sex: str
    year_group: str
    class_code: str | None
    former_upn: str | None = None
    local_id: str | None = None
    preferred_forename: str | None = None
    preferred_surname: str | None = None
    former_name: tuple[str, str] | None = None
    contacts: tuple[ContactRow, ...] | None = None
    attendance: AttendanceRow | None = None
    flags: tuple[tuple[str, bool], ...] = ()
    given: frozenset[str] = frozenset()

    @property
    def person(self) -> tuple[str, str, date]:
        """By which a child without a UPN is known again."""
        return plain(self.forename), plain(self.surname), self.born


def read_row(cells: Cells, today: date) -> tuple[RollRow | None, list[Fault]]:
    """A row, or what is wrong with it. `today` tells which birthdays and years of two digits make sense."""
    text = {column: cell.strip() for column, cell in cells.items() if isinstance(cell, str)}
    born, year = date_of(text.get("born", ""), today), year_group(text.get("year_group", ""))
    attendance, sums = _attendance(text)
    faults = [*_faults(text, born, year, today), *sums]
    contacts = _contacts(cells, text)
    if contacts is not None and any(_too_long(contact) for contact in contacts):
        faults.append(("contacts", f"A contact's name, telephone or relationship is over {LONGEST} characters."))
    if faults or born is None or year is None:
        return None, faults
    forename, surname = text["forename"], text["surname"]
    former = (text.get("former_forename") or forename, text.get("former_surname") or surname)
    return RollRow(
        upn=text.get("upn", "").upper() or None,
        surname=surname,
        forename=forename,
        born=born,
        sex=text.get("sex", "")[:1].upper(),
        year_group=year,
        class_code=text.get("class_code") or None,
        former_upn=text.get("former_upn", "").upper() or None,
        local_id=text.get("local_id") or None,
        preferred_forename=_other(text.get("preferred_forename"), forename),
        preferred_surname=_other(text.get("preferred_surname"), surname),
        former_name=None if former == (forename, surname) else former,
        contacts=contacts,
        attendance=attendance,
        flags=tuple(_flags(text)),
        given=frozenset(cells),
    ), []


def _faults(text: Mapping[str, str], born: date | None, year: str | None, today: date) -> Iterator[Fault]:
    for column in ("surname", "forename"):
        if not text.get(column):
            yield column, "Enter this."
    for column, cell in text.items():
        if len(cell) > (LONGEST_EMAIL if column.endswith("email") else LONGEST):
            yield column, f"Use at most {LONGEST} characters."
    if born is None:
        yield "born", "Enter a date, for example 2016-03-12 or 12/03/2016."
    elif wrong := birth_fault(born, today):
        yield "born", wrong
    if year is None:
        yield "year_group", "Enter a year group: N1, N2, R or 1 to 14."
    for column in ("upn", "former_upn"):
        if text.get(column) and (wrong := upn_fault(text[column].upper())):
            yield column, wrong


def _other(preferred: str | None, legal: str) -> str | None:
    """Most systems repeat the legal name where there is no other."""
    return preferred if preferred and preferred != legal else None


def _contacts(cells: Cells, text: Mapping[str, str]) -> tuple[ContactRow, ...] | None:
    if "contacts" in cells:
        return tuple(_contact(number, one) for number, one in enumerate(cells["contacts"][:MOST_CONTACTS], start=1))
    if not any(f"contact_{number}_name" in text for number in SHEET_CONTACTS):
        return None
    made = []
    for number in SHEET_CONTACTS:
        if name := text.get(f"contact_{number}_name"):
            phone = text.get(f"contact_{number}_phone")
            one = {"surname": name, "relationship": text.get(f"contact_{number}_relationship", "")}
            one |= {"email": text.get(f"contact_{number}_email", "")}
            made.append(_contact(number, {**one, "phones": [["", phone]] if phone else []}))
    return tuple(made)


def _contact(number: int, one: Mapping[str, Any]) -> ContactRow:
    order = one.get("order", "")
    return ContactRow(
        priority=int(order) if order.isascii() and order.isdigit() and len(order) < 4 else number,
        title=one.get("title", ""),
        forename=one.get("forename", ""),
        surname=one.get("surname", ""),
        relationship=one.get("relationship", ""),
        phones=tuple((kind, phone) for kind, phone in one.get("phones", ())),
        email=one.get("email") or None,
        parental_responsibility=_yes(one.get("responsibility", "")),
    )


def _too_long(contact: ContactRow) -> bool:
    texts = (contact.title, contact.forename, contact.surname, contact.relationship, *(p[1] for p in contact.phones))
    return any(len(text) > LONGEST for text in texts) or len(contact.email or "") > LONGEST_EMAIL


def _attendance(text: Mapping[str, str]) -> tuple[AttendanceRow | None, list[Fault]]:
    if not text.get("possible") or not text.get("attended"):
        return None, []
    numbers = [text.get(column) or "0" for column in ("possible", "attended", "authorised", "unauthorised")]
    if not all(number.isascii() and number.isdigit() and len(number) < 6 for number in numbers):
        return None, [("possible", "Sessions are whole numbers.")]
    found = AttendanceRow(*map(int, numbers))
    if found.attended + found.authorised + found.unauthorised > found.possible:
        return None, [("possible", "More sessions are attended and missed than were possible.")]
    return found, []


def _flags(text: Mapping[str, str]) -> Iterator[tuple[str, bool]]:
    for column in ("looked_after", "medical"):
        holds = _yes(text.get(column, ""))
        if holds is not None:
            yield column, holds
    if sen := plain(text.get("sen", "")):
        yield "ehcp", sen == "e" or sen.startswith(("ehcp", "e ", "education health and care"))


def _yes(text: str) -> bool | None:
    word = text.strip().casefold()
    return True if word in _YES else False if word in _NO else None
