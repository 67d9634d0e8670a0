"""Phrases from lists, found in one walk over a text: a tree of words, the longest phrase wins."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, product
from math import prod
from typing import Final

from services.incident.coach.findings import Rule
from services.incident.coach.reading import Reading, words_of

_CHOICE: Final = re.compile(r"\(([^()]*)\)")
MOST_SPELLINGS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Group:
    """Phrases that share what is said about them; they stand unmarked after or before some others."""

    rule: Rule
    why: str
    ask: str
    phrases: tuple[str, ...]
    not_before: tuple[str, ...] = ()
    not_after: tuple[str, ...] = ()


def spellings(phrase: str) -> Iterator[tuple[str, ...]]:
    """`(really|) rude` stands for `really rude` and `rude`. Raises ValueError for a phrase without a word."""
    parts = _CHOICE.split(phrase)
    choices = [
        [words_of(choice) for choice in (part.split("|") if place % 2 else [part])] for place, part in enumerate(parts)
    ]
    if prod(map(len, choices)) > MOST_SPELLINGS:
        raise ValueError("A phrase stands for too many spellings.")
    if any(mark in part for part in parts for mark in "()"):
        raise ValueError("Choices cannot stand within choices.")
    for words in dict.fromkeys(tuple(chain.from_iterable(chosen)) for chosen in product(*choices)):
        if not words:
            raise ValueError("A phrase needs at least one word.")
        yield words


@dataclass(slots=True)
class _Saying:
    group: Group | None
    """None for what a school wants left alone."""
    before: tuple[tuple[str, ...], ...] = ()
    after: tuple[tuple[str, ...], ...] = ()


@dataclass(slots=True)
class _Node:
    next: dict[str, "_Node"] = field(default_factory=dict)
    saying: _Saying | None = None


def _copy(node: _Node) -> _Node:
    return _Node(dict(node.next), node.saying)


def _sayings(groups: Iterable[Group]) -> Iterator[tuple[tuple[str, ...], _Saying]]:
    for group in groups:
        before = tuple(tuple(words_of(phrase)) for phrase in group.not_before)
        after = tuple(tuple(words_of(phrase)) for phrase in group.not_after)
        saying = _Saying(group, before, after)
        for phrase in group.phrases:
            for words in spellings(phrase):
                yield words, saying


class Phrases:
    """A compiled tree. Built once, then only read."""

    def __init__(self, groups: Iterable[Group]) -> None:
        self._root = _Node()
        for words, saying in _sayings(groups):
            node = self._root
            for word in words:
                node = node.next.setdefault(word, _Node())
            node.saying = node.saying or saying

    def extended(self, groups: Iterable[Group], left_alone: Iterable[str]) -> "Phrases":
        """The same tree with a school's phrases over it. What the school leaves as it is, both trees share."""
        tree = Phrases(())
        tree._root = _copy(self._root)
        own = {id(tree._root)}
        alone = ((words, _Saying(None)) for phrase in left_alone for words in spellings(phrase))
        for words, saying in chain(_sayings(groups), alone):
            node = tree._root
            for word in words:
                following = node.next.get(word)
                if following is None or id(following) not in own:
                    following = node.next[word] = _copy(following or _Node())
                    own.add(id(following))
                node = following
            node.saying = saying
        return tree

    def within(self, reading: Reading) -> Iterator[tuple[int, int, Group]]:
        """First and last word of each phrase outside quoted speech, with its group. Phrases never overlap."""
        first_words, keys, spoken, done = self._root.next, reading.keys, reading.spoken, 0
        for index in [index for index, key in enumerate(keys) if key in first_words]:
            if index < done or spoken[index]:
                continue
            node = first_words[keys[index]]
            # Most words that begin a phrase (I, he, the) begin none here: the next word says so at once.
            if node.saying is None and reading.key(index + 1) not in node.next:
                continue
            if found := self._longest(reading, index):
                last, saying = found
                done = last + 1
                if saying.group:
                    yield index, last, saying.group

    def _longest(self, reading: Reading, first: int) -> tuple[int, _Saying] | None:
        node, index, longest = self._root.next[reading.keys[first]], first, None
        while True:
            if node.saying and not _excused(reading, first, index, node.saying):
                longest = index, node.saying
            following = node.next.get(reading.key(index + 1))
            if following is None or not reading.joined(index + 1):
                return longest
            node, index = following, index + 1


def _excused(reading: Reading, first: int, last: int, saying: _Saying) -> bool:
    keys = reading.keys
    return any(tuple(keys[last + 1 : last + 1 + len(words)]) == words for words in saying.before) or any(
        len(words) <= first and tuple(keys[first - len(words) : first]) == words for words in saying.after
    )
