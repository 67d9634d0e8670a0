"""What changed between two wordings, as data: pieces that stayed, came and went. Pure."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Final, Literal

Change = Literal["same", "added", "removed"]
_WORDS: Final = re.compile(r"\S+\s*|\s+")
_COMPARED_WORD_BY_WORD: Final = 10_000
"""Word pairs in a stretch without a landmark; a longer stretch is said to be replaced as a whole."""


@dataclass(frozen=True, slots=True)
class Piece:
    change: Change
    text: str


def difference(before: str, after: str) -> list[Piece]:
    """Word by word, white space as it was: "same" and "removed" make the first text, "same" and "added" the second.

    Words that occur once on either side are the landmarks between which the rest is compared, so that the time stays
    nearly in proportion to the length, whatever the texts hold.
    """
    changed = _changes(_WORDS.findall(before), _WORDS.findall(after))
    return [Piece(change, "".join(word for _, word in run)) for change, run in groupby(changed, lambda one: one[0])]


def _changes(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[Change, str]]:
    """Each word with what became of it; of a stretch that changed first what went and then what came."""
    start = end = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    yield from (("same", word) for word in old[:start])
    yield from _stretch(old[start : len(old) - end], new[start : len(new) - end])
    yield from (("same", word) for word in old[len(old) - end :])


def _stretch(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[Change, str]]:
    landmarks = _landmarks(old, new)
    if not landmarks:
        yield from _near(old, new)
        return
    from_old = from_new = 0
    for in_old, in_new in landmarks:
        yield from _changes(old[from_old:in_old], new[from_new:in_new])
        yield "same", old[in_old]
        from_old, from_new = in_old + 1, in_new + 1
    yield from _changes(old[from_old:], new[from_new:])


def _near(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[Change, str]]:
    if len(old) * len(new) > _COMPARED_WORD_BY_WORD:
        yield from (("removed", word) for word in old)
        yield from (("added", word) for word in new)
        return
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from (("same", word) for word in old[i:j])
        else:
            yield from (("removed", word) for word in old[i:j])
            yield from (("added", word) for word in new[k:m])


def _landmarks(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Where words stand that occur once in both, as many of them as follow one another in both."""
    once_old, once_new = _once(old), _once(new)
    pairs = [(place, once_new[word]) for word, place in once_old.items() if word in once_new]
    # The longest rising row of places, by patience sorting: each pile's top, and what lay on the pile before.
    tops: list[int] = []
    lying: list[int] = []
    below: list[int | None] = []
    for number, (_, place) in enumerate(pairs):
        pile = bisect_left(tops, place)
        below.append(lying[pile - 1] if pile else None)
        tops[pile : pile + 1] = [place]
        lying[pile : pile + 1] = [number]
    found: list[tuple[int, int]] = []
    last = lying[-1] if lying else None
    while last is not None:
        found.append(pairs[last])
        last = below[last]
    return found[::-1]


def _once(words: Sequence[str]) -> dict[str, int]:
    counted = Counter(words)
    return {word: place for place, word in enumerate(words) if counted[word] == 1}
