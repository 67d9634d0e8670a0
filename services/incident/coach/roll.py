"""The names of a school's children, prepared once so that a text is looked through in one walk."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from services.incident.coach.reading import words_of


@dataclass(frozen=True, slots=True)
class Name:
    """How a child may be called. `known_as` is the name used instead of the forename, if there is one."""

    pupil_id: UUID
    forename: str
    surname: str
    known_as: str = ""


@dataclass(frozen=True, slots=True)
class Called:
    """Children with one forename, and after it the surnames they go by."""

    forename: tuple[str, ...]
    pupil_ids: list[UUID] = field(default_factory=list)
    surnames: dict[tuple[str, ...], list[UUID]] = field(default_factory=dict)


class Roll:
    """Forenames by their first word. Names without a letter in them are passed over."""

    def __init__(self, names: Iterable[Name]) -> None:
        self.by_first_word: dict[str, dict[tuple[str, ...], Called]] = {}
        words: set[str] = set()
        for name in names:
            surname = name_words(name.surname)
            words.update(surname)
            for given in {name.forename, name.known_as}:
                forename = name_words(given)
                for spelling in _spellings(forename):
                    words.update(spelling)
                    self._add(spelling, surname, name.pupil_id)
        self.words = frozenset(words)

    def _add(self, forename: tuple[str, ...], surname: tuple[str, ...], pupil_id: UUID) -> None:
        called = self.by_first_word.setdefault(forename[0], {}).setdefault(forename, Called(forename))
        called.pupil_ids.append(pupil_id)
        # Adeyemi-Cole is also written Adeyemi; so is Cole.
        spellings = {*_spellings(surname), *((part,) for part in surname if len(surname) > 1 and len(part) > 2)}
        for spelling in spellings:
            called.surnames.setdefault(spelling, []).append(pupil_id)


def _spellings(words: tuple[str, ...]) -> set[tuple[str, ...]]:
    """Mary-Jane is also Maryjane."""
    return {words, ("".join(words),)} if words else set()


def name_words(name: str) -> tuple[str, ...]:
    plain = name.replace("`", "'").replace("‘", "'")
    return tuple(bare for word in words_of(plain) if (bare := word.replace("'", "")))
