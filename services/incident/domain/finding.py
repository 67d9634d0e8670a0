"""Whether a child is the one that is looked for: by the name as it begins, as it sounds, or with a slip. Pure."""

from collections.abc import Iterable
from enum import IntEnum
from typing import Final, Literal

import jellyfish

SHORTEST_SOUND: Final = 2
"""A sound of one consonant (Zoe, Sue, Zia) would find half the school."""
ONE_SLIP_FROM: Final = 4
TWO_SLIPS_FROM: Final = 8


class Fit(IntEnum):
    """How a name fits what was typed; the lower the surer."""

    NAME = 1
    SOUND = 2
    SLIP = 3

    @property
    def word(self) -> Literal["name", "sound", "slip"]:
        return _FITS[self]


_FITS: Final[dict[Fit, Literal["name", "sound", "slip"]]] = {Fit.NAME: "name", Fit.SOUND: "sound", Fit.SLIP: "slip"}


def name_fit(sought: Iterable[str], words: Iterable[str]) -> Fit | None:
    """How well every sought word is found among a child's names, all of them in plain letters; None when one is not."""
    names = frozenset(words)
    fits = [_word_fit(word, names) for word in sought]
    found = [fit for fit in fits if fit is not None]
    return max(found) if found and len(found) == len(fits) else None


def _word_fit(sought: str, names: frozenset[str]) -> Fit | None:
    if any(name.startswith(sought) for name in names):
        return Fit.NAME
    sound = _sound(sought)
    if len(sound) >= SHORTEST_SOUND and any(_sound(name) == sound for name in names):
        return Fit.SOUND
    slips = 2 if len(sought) >= TWO_SLIPS_FROM else 1 if len(sought) >= ONE_SLIP_FROM else 0
    if any(_slips(sought, name, slips) for name in names):
        return Fit.SLIP
    return None


def _slips(sought: str, name: str, most: int) -> bool:
    # Two letters that changed places are one slip, which a count of shared groups of three letters hardly sees.
    return abs(len(sought) - len(name)) <= most and jellyfish.damerau_levenshtein_distance(sought, name) <= most


def _sound(word: str) -> str:
    return jellyfish.metaphone(word) if word.isascii() and word.isalpha() else ""
