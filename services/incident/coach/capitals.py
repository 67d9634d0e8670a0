"""Capitals that shout, initials that stand for people, and marks that are repeated (R48, R52)."""

import re
from collections.abc import Collection, Iterator
from typing import Final

from services.incident.coach.findings import Finding, Rule
from services.incident.coach.initials import Capital, initials
from services.incident.coach.reading import Reading, folded
from services.incident.coach.words import WordLists

_UPPER: Final = "A-ZÀ-ÖØ-Þ"
# The letter comes first and what may not stand before it after it: so the search leaps from capital to capital.
_CAPITALS: Final = re.compile(
    rf"[{_UPPER}](?<![\w&].)[{_UPPER}]*(?:&[{_UPPER}]+|['’][{_UPPER}]+)*+(?:(?=['’]s\b)|(?![\w&]))"
)
_MARKS: Final = re.compile(r"[!?](?:[ \u00a0]?[!?])+")
_RARE_MARKS: Final = re.compile(r"[‼⁇⁈⁉](?:[ \u00a0]?[!?‼⁇⁈⁉])*")
_BETWEEN: Final = re.compile(r"[ ,\u00a0-]{1,3}|, ")
_VOWEL: Final = re.compile(r"[AEIOUYÀ-ÖØ-Þ]")
LONG: Final = 5


def marks(reading: Reading) -> Iterator[Finding]:
    found = list(_MARKS.finditer(reading.text))
    if not reading.text.isascii():
        found += _RARE_MARKS.finditer(reading.text)
    for match in found:
        if not reading.in_speech(match.start()):
            why = "“{words}” reads as a feeling." if set("!‼⁉⁈").intersection(match[0]) else "“{words}” asks nobody."
            yield reading.found(Rule.MARKS, match.span(), why, "One mark is enough, and a full stop is usually best.")


def capitals(reading: Reading, words: WordLists, names: Collection[str] = ()) -> Iterator[Finding]:
    """Shouting, and of the capitals that do not shout those that look like a person's. `names` are the roll's."""
    run: list[Capital] = []
    quiet: list[Capital] = []
    for found in _capitals(reading):
        if run and not _BETWEEN.fullmatch(reading.text, run[-1].end, found.start):
            yield from _judge(reading, run, words, names, quiet)
            run = []
        run.append(found)
    if run:
        yield from _judge(reading, run, words, names, quiet)
    yield from initials(reading, quiet, words)


def _capitals(reading: Reading) -> Iterator[Capital]:
    for match in _CAPITALS.finditer(reading.text):
        if not reading.in_speech(match.start()):
            yield Capital(match.start(), match.end(), match[0])


def _judge(
    reading: Reading, run: list[Capital], words: WordLists, names: Collection[str], quiet: list[Capital]
) -> Iterator[Finding]:
    if len(run) == 1 and len(run[0].letters) == 1:
        quiet.extend(run)
        return
    if any(_name(capital) in words.schools for capital in run):
        return
    loud = [place for place, capital in enumerate(run) if _shouts(capital.letters, words)]
    if loud and not _names_something(reading, run, loud, words, names):
        first, last = _edges(run, loud, words)
        yield reading.found(
            Rule.CAPITALS,
            (run[first].start, run[last].end),
            "“{words}” reads as shouting.",
            "Small letters say the same; if somebody shouted, say so and put the words in speech marks.",
        )
        run = run[:first] + run[last + 1 :]
    quiet.extend(run)


def _name(capital: Capital) -> str:
    return folded(capital.letters).removesuffix("'s")


def _shouts(letters: str, words: WordLists) -> bool:
    plain = letters.replace("’", "'").replace("'", "")
    if len(plain) < 2 or plain in words.abbreviations or "&" in plain:
        return False
    return plain.lower() in words.ordinary or (len(plain) >= LONG and _VOWEL.search(plain) is not None)


def _edges(run: list[Capital], loud: list[int], words: WordLists) -> tuple[int, int]:
    """Abbreviations at the edge of what is shouted are left out; those within, and short words beside, belong to it."""
    first, last = loud[0], loud[-1]
    while first > 0 and run[first - 1].letters not in words.abbreviations and len(loud) > 1:
        first -= 1
    while last < len(run) - 1 and run[last + 1].letters not in words.abbreviations and len(loud) > 1:
        last += 1
    return first, last


def _names_something(
    reading: Reading, run: list[Capital], loud: list[int], words: WordLists, names: Collection[str]
) -> bool:
    """A child of the roll, or a surname as the office writes it (Ella BROWN)."""
    keys = [_name(run[place]) for place in loud]
    if all(key in names for key in keys):
        return True
    if len(run) > 1 or keys[0] in words.ordinary or keys[0].endswith(("ed", "ing", "ly")):
        return False
    index = reading.index_at(run[0].start)
    before, after = reading.key(index - 1), reading.gap(index + 1)
    if index and reading.capitalised(index - 1) and reading.joined(index):
        return before in words.titles or before not in words.ordinary
    return after == ", " and reading.capitalised(index + 1) and reading.key(index + 1) not in words.ordinary
