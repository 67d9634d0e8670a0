"""Children of the roll who are named and not linked (R51, R124). Names count inside quoted speech too: they must be
hidden there as well when the record is shared."""

from collections.abc import Collection, Iterator, Set
from dataclasses import replace
from typing import Final
from uuid import UUID

from services.incident.coach.findings import Finding, Rule
from services.incident.coach.reading import Reading
from services.incident.coach.roll import Called, Roll
from services.incident.coach.words import NameWords, WordLists

FEW: Final = 3
"""So many children of one forename are offered for a choice; more, and the surname is asked for."""


def unlinked(reading: Reading, roll: Roll, linked: Collection[UUID], words: WordLists) -> Iterator[Finding]:
    known = frozenset(linked)
    first_words, done = roll.by_first_word, 0
    keys = reading.keys if "'" not in reading.text and "’" not in reading.text else [_bare(k) for k in reading.keys]
    for index in [index for index, key in enumerate(keys) if key in first_words]:
        if index < done:
            continue
        for called in sorted(first_words[keys[index]].values(), key=lambda called: -len(called.forename)):
            end = index + len(called.forename)
            if not _matches(reading, keys, index, called.forename):
                continue
            first, last, pupils = _whole(reading, keys, index, end, called) or (index, end - 1, [])
            if not pupils and _stands_alone(reading, keys, index, end, words):
                pupils = _narrowed(reading, end, called)
            elif _is_plain_text(reading, index, words.names):
                pupils = []
            if pupils:
                done = last + 1
                if known.isdisjoint(pupils):
                    yield _finding(reading, first, last, pupils)
                break


def _bare(key: str) -> str:
    """Without the 's of a possessive and without the apostrophe of O'Brien."""
    return key.removesuffix("'s").replace("'", "") if "'" in key else key


def _finding(reading: Reading, first: int, last: int, pupils: list[UUID]) -> Finding:
    start, end = reading.spans[first][0], reading.spans[last][1]
    for ending in ("'s", "’s", "'S", "’S"):
        if reading.text.endswith(ending, start, end):
            end -= 2
    different = tuple(dict.fromkeys(pupils))
    if len(different) == 1:
        found = reading.found(
            Rule.UNLINKED, (start, end), "“{words}” is on the roll and not linked.", "Link this child?"
        )
    elif len(different) <= FEW:
        ask = "Choose the one you mean, and link them."
        found = reading.found(Rule.UNLINKED, (start, end), "“{words}” may be one of several children.", ask)
    else:
        ask = "If you mean one of them, write the surname as well, so that the right child is linked."
        return reading.found(Rule.UNLINKED, (start, end), "Several children are called “{words}”.", ask)
    return replace(found, pupil_ids=different)


def _matches(reading: Reading, keys: list[str], index: int, forename: tuple[str, ...]) -> bool:
    return tuple(keys[index : index + len(forename)]) == forename and all(
        reading.joined(place) for place in range(index + 1, index + len(forename))
    )


def _whole(
    reading: Reading, keys: list[str], index: int, end: int, called: Called
) -> tuple[int, int, list[UUID]] | None:
    """Forename and surname in either order, perhaps with one more name between them."""
    best: tuple[int, int, list[UUID]] | None = None
    for surname, pupils in _surnames_at(keys, end, called):
        if reading.joined(end) and (best is None or len(surname) > best[1] - end + 1):
            best = index, end + len(surname) - 1, pupils
    if best:
        return best
    if reading.capitalised(index) and reading.capitalised(end) and reading.joined(end) and reading.joined(end + 1):
        for surname, pupils in _surnames_at(keys, end + 1, called):
            if reading.capitalised(end + 1):
                return index, end + len(surname), pupils
    if not index or _in_longer(reading, index, end) or reading.keys[index - 1].endswith("'s"):
        return None
    for surname, pupils in called.surnames.items():
        first = index - len(surname)
        if first >= 0 and tuple(keys[first:index]) == surname and reading.gap(index).strip(" \t") in {"", ","}:
            return first, end - 1, pupils
    return None


def _surnames_at(keys: list[str], place: int, called: Called) -> Iterator[tuple[tuple[str, ...], list[UUID]]]:
    for length in (1, 2, 3, 4):
        surname = tuple(keys[place : place + length])
        if len(surname) == length and (pupils := called.surnames.get(surname)):
            yield surname, pupils


def _narrowed(reading: Reading, end: int, called: Called) -> list[UUID]:
    """`Ella P` are those whose surname begins so."""
    letter = reading.key(end)
    if len(letter) != 1 or not reading.capitalised(end) or not reading.joined(end) or letter == "i":
        return called.pupil_ids
    return [pupil for name, pupils in called.surnames.items() if name[0][0] == letter for pupil in pupils] or []


def _is_plain_text(reading: Reading, index: int, names: NameWords) -> bool:
    """A forename that is a word counts with a surname only when it has its capital: “we will hope”."""
    return reading.keys[index] in names.words and not reading.capitalised(index)


def _stands_alone(reading: Reading, keys: list[str], index: int, end: int, words: WordLists) -> bool:
    """A forename by itself: with its capital, no part of a longer name, no grown-up's, no word of the language."""
    if not reading.capitalised(index) or _in_longer(reading, index, end):
        return False
    if index and keys[index - 1] in words.titles and reading.gap(index) in {" ", ". "}:
        return False
    if reading.capitalised(end) and reading.joined(end) and len(keys[end]) > 1 and keys[end] not in words.ordinary:
        return False
    if keys[index] in words.ordinary or keys[index] in words.names.words:
        return _is_person(reading, keys, index, end, words)
    return True


def _in_longer(reading: Reading, index: int, end: int) -> bool:
    """Ella is not Ella-Mae."""
    return any("-" in gap and " " not in gap for gap in (reading.gap(index), reading.gap(end)))


def _is_person(reading: Reading, keys: list[str], index: int, end: int, words: WordLists) -> bool:
    names, name = words.names, keys[index]
    before = keys[index - 1] if index and not reading.opens_sentence(index) else ""
    after = keys[end] if end < len(keys) and reading.joined(end) else ""
    if reading.keys[index].endswith("'s"):
        return not (name in names.months and after in names.after_months)
    if before in names.before_things or before[:1].isdigit() or _is_month(name, before, after, names):
        return False
    if name in names.places and (before in names.before_places or after in {"is", "was", "has", "had"}):
        return False
    return bool(before) or _does_something(keys, end, after, words.deeds)


def _is_month(name: str, before: str, after: str, names: NameWords) -> bool:
    if name not in names.months:
        return False
    return before in names.before_months or after in names.after_months or after[:1].isdigit()


def _does_something(keys: list[str], end: int, after: str, deeds: Set[str]) -> bool:
    """At the start of a sentence every word has a capital: what follows must be what a person does."""
    further = keys[end + 1] if end + 1 < len(keys) else ""
    if after in {"was", "is", "has", "had"}:
        return further not in {"said", "the", "a", "an", "to", "that", "no"}
    if after == "and":
        return bool(further) and further not in {"the", "a", "an"} and further[0].isalpha()
    return after in deeds or after.endswith("ed")
