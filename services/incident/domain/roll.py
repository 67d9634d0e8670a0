"""What a roll may hold: numbers, years, birthdays, and how many may leave at once. Pure."""

import re
from datetime import date
from typing import Final

from services.incident.domain.names import plain

LEAVERS_WITHOUT_ASKING: Final = 10
SHARE_OF_LEAVERS_WITHOUT_ASKING: Final = 0.2


def too_many_leave(leavers: int, on_roll: int) -> bool:
    """Whether a file looks like a part of the roll: taken at its word it would mark everyone else as gone."""
    return leavers > max(LEAVERS_WITHOUT_ASKING, on_roll * SHARE_OF_LEAVERS_WITHOUT_ASKING)


UPN_LETTERS: Final = "ABCDEFGHJKLMNPQRTUVWXYZ"
_UPN: Final = re.compile(rf"[{UPN_LETTERS}][0-9]{{11}}[0-9{UPN_LETTERS}]")


def upn_check_letter(body: str) -> str:
    """Characters 2 to 13 weighted by their position, modulo 23 (DfE UPN guide)."""
    values = (int(c) if c.isdigit() else UPN_LETTERS.index(c) for c in body)
    return UPN_LETTERS[sum(weight * value for weight, value in enumerate(values, start=2)) % 23]


def upn_fault(upn: str) -> str | None:
    if not _UPN.fullmatch(upn):
        return "A UPN is a letter and 12 digits (a temporary one ends in a letter); I, O and S are never used."
    if upn_check_letter(upn[1:]) != upn[0]:
        return "The UPN's first letter does not fit the rest; one character is mistyped."
    return None


YEAR_GROUPS: Final = frozenset({"N1", "N2", "R", *(str(year) for year in range(1, 15))})


def year_group(text: str) -> str | None:
    """A year group as schools write it ("Year 4", "04", "Reception", "N2") in one spelling; None when it is none."""
    word = plain(text).removeprefix("year ").removeprefix("yr ").removeprefix("y ").strip()
    word = {"reception": "r", "rec": "r", "nursery": "n1", "0": "r"}.get(word, word).lstrip("0").upper()
    return word if word in YEAR_GROUPS else None


def birth_fault(born: date, today: date) -> str | None:
    if not 0 < (today - born).days < 366 * 26:
        return "This is not the birthday of somebody at school; check the year."
    return None
