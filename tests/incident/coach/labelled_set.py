"""The labelled texts, and how well the coach does on them."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid5

import yaml

from services.incident.coach import Name, Roll, Rule, review

FOLDER: Final = Path(__file__).parent / "labelled"
PARTS: Final = ("tuned", "held_out")
SPACE: Final = UUID("5f6d2b1e-0c1f-4c3a-9a64-2f9d9b0f7c11")
Marked = tuple[Rule, str]


@dataclass(frozen=True)
class Labelled:
    text: str
    linked: tuple[str, ...] | None
    """Full names of the linked children; None for a text read without a roll."""
    findings: tuple[Marked, ...]


@dataclass(frozen=True)
class Score:
    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


def _read(name: str) -> Any:
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


def labelled(part: str) -> list[Labelled]:
    return [
        Labelled(
            entry["text"],
            tuple(entry["linked"]) if "linked" in entry else None,
            tuple((Rule(rule), words) for rule, words in entry["findings"]),
        )
        for entry in _read(part)
    ]


def pupil_id(name: str) -> UUID:
    return uuid5(SPACE, name)


@cache
def roll() -> Roll:
    return Roll(Name(pupil_id(f"{forename} {surname}"), forename, surname) for forename, surname in _read("roll"))


def said(entry: Labelled) -> list[Marked]:
    if entry.linked is None:
        found = review(entry.text)
    else:
        found = review(entry.text, roll=roll(), linked=[pupil_id(name) for name in entry.linked])
    return [(finding.rule, finding.words) for finding in found]


def compared(entry: Labelled) -> tuple[Counter[Marked], Counter[Marked]]:
    """What the coach said too much, and what it missed. Rule and words must both be the expected ones."""
    expected, found = Counter(entry.findings), Counter(said(entry))
    return found - expected, expected - found


def score(entries: Iterable[Labelled], rule: Rule | None = None) -> Score:
    right = wrong = missed = 0
    for entry in entries:
        too_much, too_little = compared(entry)
        expected = sum(1 for marked in entry.findings if rule in {None, marked[0]})
        wrong += sum(count for marked, count in too_much.items() if rule in {None, marked[0]})
        lost = sum(count for marked, count in too_little.items() if rule in {None, marked[0]})
        missed += lost
        right += expected - lost
    return Score(right, wrong, missed)


def beside(entries: Iterable[Labelled]) -> int:
    """How many of the missed were marked all the same, with a word more or less than expected."""
    return sum(
        any(rule == other and (words in said or said in words) for other, said in too_much)
        for _, too_much, too_little in differences(entries)
        for rule, words in too_little
    )


def differences(entries: Iterable[Labelled]) -> Iterator[tuple[Labelled, list[Marked], list[Marked]]]:
    for entry in entries:
        too_much, too_little = compared(entry)
        if too_much or too_little:
            yield entry, list(too_much.elements()), list(too_little.elements())
