"""The word lists: data files beside the code, loaded once, and what a school adds to them."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from services.incident.coach.findings import Rule
from services.incident.coach.phrases import Group, Phrases
from services.incident.coach.reading import folded, words_of

FOLDER: Final = Path(__file__).parent / "words"
GROUP_FILES: Final = ("opinions", "absolutes", "adverbs", "emotions", "amounts", "reported")
LISTED: Final = frozenset({Rule.OPINION, Rule.ABSOLUTE, Rule.ADVERB, Rule.EMOTION, Rule.VAGUE, Rule.REPORTED})
MOST_OF_A_SCHOOL: Final = 2_000
LONGEST_OF_A_SCHOOL: Final = 100
_PLAIN: Final = str.maketrans("()|", "   ")


@dataclass(frozen=True)
class NameWords:
    """Forenames that are also words, and where they are no forename."""

    words: frozenset[str]
    months: frozenset[str]
    before_months: frozenset[str]
    after_months: frozenset[str]
    places: frozenset[str]
    before_places: frozenset[str]
    before_things: frozenset[str]


@dataclass(frozen=True)
class TellingWords:
    """How people write that something was said, and whose exact words a record can do without."""

    to_somebody: frozenset[str]
    bare: frozenset[str]
    with_that: frozenset[str]
    clause: frozenset[str]
    questions: frozenset[str]
    between: frozenset[str]
    others: frozenset[str]
    writer: frozenset[str]
    passive: frozenset[str]
    sources: frozenset[str]

    @cached_property
    def verbs(self) -> frozenset[str]:
        return self.to_somebody | self.bare | self.with_that


@dataclass(frozen=True)
class WordLists:
    """Everything the rules look up. `STANDARD` is the shipped set; `extended` gives a school its own."""

    groups: tuple[Group, ...]
    abbreviations: frozenset[str]
    ordinary: frozenset[str]
    places: frozenset[str]
    schools: frozenset[str]
    deeds: frozenset[str]
    hurts: frozenset[str]
    titles: frozenset[str]
    persons: frozenset[str]
    names: NameWords
    telling: TellingWords
    base: "WordLists | None" = None
    """The lists these extend; `groups` and `left_alone` are then what a school adds to them."""
    left_alone: tuple[str, ...] = ()

    @cached_property
    def phrases(self) -> Phrases:
        return self.base.phrases.extended(self.groups, self.left_alone) if self.base else Phrases(self.groups)

    def extended(
        self,
        *,
        phrases: Mapping[Rule, Iterable[str]] | None = None,
        abbreviations: Iterable[str] = (),
        left_alone: Iterable[str] = (),
    ) -> "WordLists":
        """The lists of a school: phrases it marks too, capitals it knows, phrases it wants left alone. Made once, kept.

        Raises ValueError for a phrase without a word, one longer than 100 characters, or more than 2,000 of a kind.
        """
        known = frozenset(folded(word).upper() for word in _given(abbreviations))
        return replace(
            self,
            base=self,
            groups=tuple(_school_group(rule, _given(added)) for rule, added in (phrases or {}).items()),
            abbreviations=self.abbreviations | known,
            left_alone=tuple(_given(left_alone)),
        )


def _school_group(rule: Rule, phrases: list[str]) -> Group:
    if rule not in LISTED:
        raise ValueError(f"Phrases cannot be added to “{rule}”.")
    return Group(rule, "“{words}” is on your school's list.", "What did you see or hear?", tuple(phrases))


def _given(phrases: Iterable[str]) -> list[str]:
    given = [phrase.translate(_PLAIN).strip() for phrase in phrases]
    if len(given) > MOST_OF_A_SCHOOL or any(len(phrase) > LONGEST_OF_A_SCHOOL for phrase in given):
        raise ValueError("A school may add 2,000 phrases of a kind, each of at most 100 characters.")
    if not all(words_of(phrase) for phrase in given):
        raise ValueError("A phrase needs at least one word.")
    return given


def _groups(name: str) -> Iterable[Group]:
    content = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    for group in content["group"]:
        merged: dict[str, Any] = {"rule": content.get("rule"), "why": content.get("why"), **group}
        yield Group(
            Rule(merged["rule"]),
            merged["why"],
            merged["ask"],
            tuple(merged["phrases"]),
            tuple(merged.get("not_before", ())),
            tuple(merged.get("not_after", ())),
        )


def _list(name: str) -> frozenset[str]:
    lines = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def _kinds(name: str) -> Mapping[str, frozenset[str]]:
    content = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    return {kind: frozenset(words.split()) for kind, words in content.items()}


STANDARD: Final = WordLists(
    groups=tuple(group for name in GROUP_FILES for group in _groups(name)),
    abbreviations=_list("abbreviations"),
    ordinary=_list("ordinary"),
    places=_list("places"),
    schools=_list("schools"),
    deeds=_list("deeds"),
    hurts=_list("hurts"),
    titles=_list("titles"),
    persons=_list("persons"),
    names=NameWords(**_kinds("names")),
    telling=TellingWords(**_kinds("telling")),
)
