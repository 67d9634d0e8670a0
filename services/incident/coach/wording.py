"""The rules that are lists of phrases: opinions, absolutes, adverbs, the writer's feelings, vague amounts."""

import re
from collections.abc import Iterator
from typing import Final

from services.incident.coach.findings import Finding, Rule
from services.incident.coach.reading import Reading
from services.incident.coach.words import WordLists

# "several times (about 5)" says how many after all.
_MEASURED: Final = re.compile(r"[^\S\n]{0,3}[(\[–—-][^)\n]{0,30}?\d")


def wording(reading: Reading, words: WordLists) -> Iterator[Finding]:
    for first, last, group in words.phrases.within(reading):
        span = reading.spans[first][0], reading.spans[last][1]
        if group.rule is Rule.VAGUE and _MEASURED.match(reading.text, span[1]):
            continue
        if first == last and _is_surname(reading, first, words):
            continue
        yield reading.found(group.rule, span, group.why, group.ask)


def _is_surname(reading: Reading, index: int, words: WordLists) -> bool:
    """Mr Savage and Ella Moody are people, whatever their names say."""
    if not reading.capitalised(index) or not reading.capitalised(index - 1) or not reading.joined(index):
        return False
    before = reading.key(index - 1)
    return before in words.titles or (before not in words.ordinary and not reading.written(index).isupper())
