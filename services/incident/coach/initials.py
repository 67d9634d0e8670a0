"""Initials and letters that stand for people: J.S., JS, Child A, Tom B, M. Jones (R52)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from services.incident.coach.findings import Finding, Rule
from services.incident.coach.reading import Reading
from services.incident.coach.words import WordLists

WHY: Final = "“{words}” stands for a person."
ASK: Final = "Write the full name and link the child: only linked names can be hidden when the record is shared."

# The letter comes first and what may not stand before it after it: so the search leaps from capital to capital.
_DOTTED: Final = re.compile(r"[A-Z](?<![\w.&].)\.[ ]?(?:[A-Z]\.[ ]?){0,2}[A-Z](?![\w'’&])\.?")
_UNITS: Final = r"(?:of|years?|months?|weeks?|days?|hours?|minutes?|mins?|metres?|m|cm)"
_NUMBERED: Final = re.compile(rf"(?:Child|Pupil|Student|Boy|Girl|Adult) \d{{1,2}}(?!\w|[.:/]\d|[ -]{_UNITS}\b)")
_BEHIND: Final = re.compile(r"\s?(?:and|or|,|&|/|to)\s?")
_STUCK_BEHIND: Final = frozenset("-‑)*+/=")
_STUCK_BEFORE: Final = frozenset("-.'’/(")
# HX/2291 and 2291/HX are numbers of a file, JS/KL are two people.
_REFERENCE: Final = re.compile(r"\d[/-][A-Z]|.{0,2}[A-Z]+[/-]\d")
_DEFINED: Final = re.compile(r"\(\s*$")


@dataclass(frozen=True, slots=True)
class Capital:
    """A word in capitals that stands in the text."""

    start: int
    end: int
    letters: str


def initials(reading: Reading, capitals: list[Capital], words: WordLists) -> Iterator[Finding]:
    """`capitals` are those of the text that do not shout, in order."""
    taken: list[tuple[int, int]] = []
    for pattern in (_DOTTED, _NUMBERED):
        for match in pattern.finditer(reading.text):
            taken.append(match.span())
            if not reading.in_speech(match.start()) and not _is_known(match[0], words):
                yield reading.found(Rule.INITIALS, match.span(), WHY, ASK)
    covered = {place for start, end in taken for place in range(start, end)}
    known: set[str] = set()
    skipped: Capital | None = None
    for capital in capitals:
        if capital.start in covered:
            continue
        if len(capital.letters) == 1:
            span = _single(reading, capital, skipped, words)
            skipped = capital if span is None else None
        else:
            span = _several(reading, capital, known, words)
        if span:
            yield reading.found(Rule.INITIALS, span, WHY, ASK)


def _is_known(dotted: str, words: WordLists) -> bool:
    return dotted.replace(".", "").replace(" ", "") in words.abbreviations


def _single(reading: Reading, capital: Capital, skipped: Capital | None, words: WordLists) -> tuple[int, int] | None:
    """A single letter: `Tom B`, `M. Jones`, `R and J`; not Year R, vitamin D, a T-shirt or the letter S."""
    index = reading.index_at(capital.start)
    after = reading.text[capital.end : capital.end + 1]
    before = reading.key(index - 1) if reading.joined(index) else ""
    if _names_a_thing(reading.text, capital, before, skipped, words):
        return None
    titled = reading.key(index - 1) in words.titles and reading.gap(index) in {" ", ". "}
    named = titled or (before != "" and reading.capitalised(index - 1) and before not in words.ordinary)
    if before in words.persons:
        return reading.spans[index - 1][0], capital.end
    if _surname_follows(reading, index, words) and (titled or not named or after != "."):
        # Dr J. Smith and Ronan Ó Ceallaigh are named well enough.
        return None if named else (capital.start, reading.spans[index + 1][1])
    if named:
        return reading.spans[index - 1][0], capital.end
    if capital.letters == "A" and not _and_another(reading, index):
        return None
    return None if after == ":" and capital.letters in "QA" else (capital.start, capital.end)


def _names_a_thing(text: str, capital: Capital, before: str, skipped: Capital | None, words: WordLists) -> bool:
    if capital.letters == "I" or before in words.places or before[-1:].isdigit():
        return True
    after = text[capital.end : capital.end + 1]
    if (
        after in _STUCK_BEHIND
        or text[capital.end : capital.end + 5].lower() in {" word", "-word"}
        or text[max(0, capital.start - 1) : capital.start] in _STUCK_BEFORE
    ):
        return True
    return skipped is not None and _BEHIND.fullmatch(text, skipped.end, capital.start) is not None


def _surname_follows(reading: Reading, index: int, words: WordLists) -> bool:
    gap = reading.gap(index + 1)
    if gap not in {".", ". ", " "} or not reading.capitalised(index + 1) or reading.key(index + 1) in words.ordinary:
        return False
    # “A Polish boy” is no initial; “A. Kowalska” is.
    return len(reading.key(index + 1)) > 1 and not (gap == " " and reading.written(index) == "A")


def _and_another(reading: Reading, index: int) -> bool:
    following = reading.key(index + 2)
    return reading.key(index + 1) == "and" and len(following) == 1 and reading.capitalised(index + 2)


def _several(reading: Reading, capital: Capital, known: set[str], words: WordLists) -> tuple[int, int] | None:
    """Two letters nobody knows are a person; three only where they do what a child does."""
    letters = capital.letters
    if letters in words.abbreviations or letters in known or len(letters) > 3 or "'" in letters or "’" in letters:
        return None
    if _REFERENCE.match(reading.text, max(0, capital.start - 2), capital.end + 2):
        return None
    index = reading.index_at(capital.start)
    if _DEFINED.search(reading.text, max(0, capital.start - 3), capital.start) and _defined(reading, index, letters):
        known.add(letters)
        return None
    if len(letters) == 3 and (reading.key(index + 1) not in words.hurts or not reading.joined(index + 1)):
        return None
    return capital.start, capital.end


def _defined(reading: Reading, index: int, letters: str) -> bool:
    """`Family Support Worker (FSW)` says itself what its letters stand for."""
    heads = "".join(key[0] for key in reading.keys[max(0, index - len(letters)) : index])
    return heads == letters.lower()
