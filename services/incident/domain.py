"""The rules of the record: how sensitive an incident is, what may follow what, what a roll may hold. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from shared.contracts.words import Part, Sensitivity

CLOCKS_DIFFER: Final = timedelta(minutes=5)
LONG_AGO: Final = timedelta(days=366 * 30)
PICKS: Final = 30
PICKS_WITHIN: Final = timedelta(minutes=10)
PICKS_THEN_EVERY: Final = timedelta(seconds=20)
LEAVERS_WITHOUT_ASKING: Final = 10
SHARE_OF_LEAVERS_WITHOUT_ASKING: Final = 0.2


@dataclass(frozen=True, slots=True)
class Link:
    """A child in an incident: what part they had, and under which categories it counts for them."""

    pupil_id: UUID
    part: Part
    category_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Concern:
    """What somebody writes down. `links` carry their own categories; an empty tuple means the concern's."""

    narrative: str
    occurred_at: datetime
    category_ids: tuple[UUID, ...]
    links: tuple[Link, ...]
    action_taken: str | None = None
    urgent: bool = False
    extra_staff_ids: tuple[UUID, ...] = ()
    extra_group_ids: tuple[UUID, ...] = ()


def sensitivity_of(categories: Iterable[UUID], known: Mapping[UUID, Sensitivity]) -> Sensitivity:
    """An incident is as sensitive as its most sensitive category over all its children."""
    return max(known[category] for category in categories)


def every_category(category_ids: Iterable[UUID], links: Iterable[Link]) -> list[UUID]:
    found = dict.fromkeys(category_ids)
    for link in links:
        found |= dict.fromkeys(link.category_ids)
    return list(found)


def category_sensitivity(parent: Sensitivity, raised: Sensitivity | None) -> Sensitivity:
    """A sub-category may be raised above its parent, never lowered."""
    return max(parent, raised or parent)


def time_fault(occurred_at: datetime, now: datetime) -> str | None:
    """What is wrong with the time at which something is said to have happened."""
    if occurred_at > now + CLOCKS_DIFFER:
        return "This lies in the future; enter when it happened."
    if occurred_at < now - LONG_AGO:
        return "This lies more than 30 years back; check the year."
    return None


def seconds_to_wait(picks: int, last: datetime | None, now: datetime) -> int:
    """Thirty picks in ten minutes go at once; then one every twenty seconds (C4)."""
    if picks < PICKS or last is None:
        return 0
    left = PICKS_THEN_EVERY - (now - last)
    return max(0, int(left.total_seconds()) + 1) if left > timedelta(0) else 0


def too_many_leave(leavers: int, on_roll: int) -> bool:
    """Whether a file looks like a part of the roll: taken at its word it would mark everyone else as gone."""
    return leavers > max(LEAVERS_WITHOUT_ASKING, on_roll * SHARE_OF_LEAVERS_WITHOUT_ASKING)


# ---------------------------------------------------------------------------------------------------------- names
# Letters that do not come apart into a plain letter and a mark.
_PLAIN: Final = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)
_APART: Final = re.compile(r"[\s\-]+")
_LEFT_OUT: Final = re.compile(r"['’‘`.]")


def plain(text: str) -> str:
    """A name as somebody in a hurry types it: no marks, no capitals, no apostrophes, one blank between words."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in folded if not unicodedata.combining(letter)).translate(_PLAIN)
    return _APART.sub(" ", _LEFT_OUT.sub("", bare)).strip()


def search_words(forename: str, surname: str) -> str:
    """What the type-ahead looks through: both orders, each word after a blank."""
    return f" {plain(forename)} {plain(surname)} {plain(forename)}"


# ------------------------------------------------------------------------------------------------------------ UPN
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
