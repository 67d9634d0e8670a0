"""Where the text says that something was said and leaves out the words (R50)."""

from collections.abc import Iterator
from typing import Final

from services.incident.coach.findings import Finding, Rule
from services.incident.coach.reading import Reading
from services.incident.coach.words import TellingWords, WordLists

WHY: Final = "“{words}” leaves out the words themselves."
ASK: Final = "Which words were used, as near as you remember? Put them in speech marks."

SOMEBODY_AT_MOST: Final = 4
BACK_AT_MOST: Final = 30


def reported(reading: Reading, words: WordLists) -> Iterator[Finding]:
    verbs = words.telling.verbs
    for index in [index for index, key in enumerate(reading.keys) if key in verbs]:
        if reading.spoken[index]:
            continue
        last = _clause(reading, index, words.telling)
        if last is None or _has_words(reading, index) or _needs_none(reading, index, words):
            continue
        yield reading.found(Rule.REPORTED, (reading.spans[index][0], reading.spans[last][1]), WHY, ASK)


def _clause(reading: Reading, index: int, telling: TellingWords) -> int | None:
    """The last word to be marked, when a clause follows: `told Mrs Khan that`, `said` before `he`."""
    verb = reading.key(index)
    if verb in telling.to_somebody:
        for place in range(index + 2, index + 1 + SOMEBODY_AT_MOST):
            if not _runs_on(reading, place) or reading.key(place) == "to":
                return None
            if _start_of(reading.key(place)) in telling.clause or reading.key(place) in telling.questions:
                return _upto(reading, place)
        return None
    following = index + 1
    if reading.key(following) == "to" and _runs_on(reading, following + 1):
        following = next((i for i in range(index + 3, index + 6) if reading.key(i) == "that"), following)
    starters = {"that", "how"} if verb in telling.with_that else telling.clause
    if not _runs_on(reading, following) or _start_of(reading.key(following)) not in starters:
        return None
    return _upto(reading, following)


def _start_of(key: str) -> str:
    """`she's` and `she'd` begin a clause as `she` does."""
    return key.split("'", 1)[0]


def _upto(reading: Reading, starter: int) -> int:
    return starter if reading.key(starter) in {"that", "about"} else starter - 1


def _runs_on(reading: Reading, index: int) -> bool:
    gap = reading.gap(index)
    return index < len(reading.keys) and (gap == " " or gap in {". ", "’ ", "' "} or reading.joined(index))


def _has_words(reading: Reading, index: int) -> bool:
    """Speech marks in this sentence or the one after it hold the words."""
    start, end = reading.sentence(reading.spans[index][0])
    _, following = reading.sentence(end) if end < len(reading.text) else (end, end)
    if "\n" in reading.text[max(start, end - 2) : end]:
        following = end
    return reading.speech_between(start, following)


def _needs_none(reading: Reading, index: int, words: WordLists) -> bool:
    """What the writer said, a letter says or a professional reports is not a child's or parent's own words."""
    telling = words.telling
    start, _ = reading.sentence(reading.spans[index][0])
    first = max(reading.index_at(start), index - BACK_AT_MOST)
    place = index - 1
    while place >= first and (reading.key(place) in telling.between or reading.key(place).endswith("ly")):
        place -= 1
    if place < first:
        return False
    before = reading.key(place)
    if before in telling.writer or before in telling.passive or before in telling.sources:
        return True
    if before in {"and", "but", "or"}:
        earlier = (reading.key(place) for place in range(place - 1, first - 1, -1))
        subject = next((key for key in earlier if key in telling.writer or key in telling.others), "")
        return subject in telling.writer
    return place > first and reading.capitalised(place) and reading.key(place - 1) in words.titles
