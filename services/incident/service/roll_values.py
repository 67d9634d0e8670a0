"""What a row of a file makes of a child: the values of the rows, and which of them differ. Pure."""

from collections.abc import Iterable, Iterator
from typing import Any, Final
from uuid import UUID

from services.incident.domain import search_words
from services.incident.models import PupilContact
from services.incident.queries.roll import PERMANENT, TEMPORARY, Known
from services.incident.roll_file import ContactRow, RollRow
from shared.ids import class_id

HAND: Final = "hand"
CARE_AND_CONTACTS: Final = frozenset({"contacts", "flags"})
_SHOWN: Final = ("surname", "forename", "born", "sex", "year_group", "class_code")


def pupil_values(row: RollRow, known: Known | None, school_id: UUID) -> dict[str, Any]:
    """The pupil's row as the file wants it; what the file does not have stays as it is."""
    pupil = known.pupil if known else None
    class_code = row.class_code if pupil is None or _gives(row, "class_code") else pupil.class_code
    preferred = (
        row.preferred_forename or (pupil.preferred_forename if pupil else None),
        row.preferred_surname or (pupil.preferred_surname if pupil else None),
    )
    called = (preferred[0] or row.forename, preferred[1] or row.surname)
    return {
        "surname": row.surname,
        "forename": row.forename,
        "preferred_forename": preferred[0],
        "preferred_surname": preferred[1],
        "born": row.born,
        "sex": row.sex if pupil is None or _gives(row, "sex") else pupil.sex,
        "year_group": row.year_group,
        "class_code": class_code,
        "class_id": class_id(school_id, class_code) if class_code else None,
        "search_words": search_words(row.forename, row.surname, called, *_before(row, known)),
    }


def _gives(row: RollRow, column: str) -> bool:
    # Rows that were made without a file give all they have.
    return not row.given or column in row.given


def _before(row: RollRow, known: Known | None) -> Iterator[tuple[str, str]]:
    """Names of before, with those that become so by this row; none where names are kept apart."""
    if known is not None and known.pupil.names_apart:
        return
    if known is not None:
        yield from ((name.forename, name.surname) for name in known.names)
        yield from ((forename, surname) for _, forename, surname in names_left(row, known))
    if row.former_name is not None:
        yield row.former_name


def names_left(row: RollRow, known: Known) -> Iterator[tuple[str, str, str]]:
    """Kind, forename and surname of the names that this row replaces: they still find the child."""
    pupil = known.pupil
    if (row.forename, row.surname) != (pupil.forename, pupil.surname):
        yield "legal", pupil.forename, pupil.surname
    had = (pupil.preferred_forename, pupil.preferred_surname)
    gets = (row.preferred_forename or had[0], row.preferred_surname or had[1])
    if any(had) and gets != had:
        yield "preferred", had[0] or pupil.forename, had[1] or pupil.surname


def former_name_is_new(row: RollRow, known: Known | None) -> bool:
    if row.former_name is None or (known is not None and known.pupil.names_apart):
        return False
    return known is None or row.former_name not in {(name.forename, name.surname) for name in known.names}


def changes_of(row: RollRow, known: Known) -> tuple[str, ...]:
    """The fields that the row would change, in words of ours."""
    pupil, values = known.pupil, pupil_values(row, known, known.pupil.school_id)
    found = [name for name in _SHOWN if getattr(pupil, name) != values[name]]
    if any(getattr(pupil, name) != values[name] for name in ("preferred_forename", "preferred_surname")):
        found.append("preferred_name")
    if former_name_is_new(row, known):
        found.append("former_name")
    found += [kind for kind, _ in new_identifiers(row, known)]
    if row.contacts is not None and contact_changes(row.contacts, known):
        found.append("contacts")
    if attendance_differs(row, known):
        found.append("attendance")
    if any(flag_changes(row, known)):
        found.append("flags")
    if pupil.left_on is not None:
        found.append("back_on_roll")
    return tuple(found)


def new_identifiers(row: RollRow, known: Known | None) -> list[tuple[str, str]]:
    """Kind and value of each number that the child does not have yet."""
    held = {one.value for one in known.identifiers} if known else set()
    given = [
        (TEMPORARY if row.upn and row.upn[-1].isalpha() else PERMANENT, row.upn),
        ("former_upn", row.former_upn),
        ("local_id", row.local_id),
    ]
    return [(kind, value) for kind, value in given if value and value not in held]


def contact_changes(
    rows: Iterable[ContactRow], known: Known | None
) -> list[tuple[PupilContact | None, ContactRow | None]]:
    """Pairs of what is there and what the file has, where they differ; None for who is new and for who is not in it.

    Who must not be contacted stays, whatever a file says: they are the last to be forgotten by mistake.
    """
    there = {_person(contact): contact for contact in (known.contacts if known else ()) if contact.source != HAND}
    made: list[tuple[PupilContact | None, ContactRow | None]] = []
    seen = set()
    for row in rows:
        if row.person in seen:
            continue
        seen.add(row.person)
        contact = there.get(row.person)
        if contact is None or any(getattr(contact, name) != value for name, value in contact_values(row).items()):
            made.append((contact, row))
    for person, contact in there.items():
        if person not in seen and not contact.do_not_contact:
            made.append((contact, None))
    return made


def _person(contact: PupilContact) -> str:
    return ContactRow(0, "", contact.forename, contact.surname, "", (), None, None).person


def contact_values(row: ContactRow) -> dict[str, Any]:
    return {
        "priority": row.priority,
        "title": row.title,
        "forename": row.forename,
        "surname": row.surname,
        "relationship": row.relationship,
        "phones": [{"kind": kind, "number": number} for kind, number in row.phones],
        "email": row.email,
        "parental_responsibility": row.parental_responsibility,
    }


def attendance_differs(row: RollRow, known: Known | None) -> bool:
    if row.attendance is None:
        return False
    now, there = row.attendance, known.attendance if known else None
    return there is None or (now.possible, now.attended, now.authorised, now.unauthorised) != (
        there.possible,
        there.attended,
        there.authorised,
        there.unauthorised,
    )


def flag_changes(row: RollRow, known: Known | None) -> Iterator[tuple[str, bool]]:
    """Flags that the file raises or ends; one that was raised by hand is ended by hand."""
    there = known.flags if known else {}
    for kind, holds in row.flags:
        if holds and kind not in there:
            yield kind, True
        elif not holds and kind in there and there[kind].source != HAND:
            yield kind, False
