"""A text taken apart once for every rule: its words, its lines, and what in it is quoted speech."""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from services.incident.coach.findings import Finding, Rule
from services.incident.coach.speech import quoted

_WORD: Final = re.compile(r"\w+(?:['’]\w+)*")
# Marks that stand inside a word without being part of it: combining accents, soft hyphens, directions, joiners.
_INVISIBLE: Final = "\u0300-\u036f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe0e\ufe0f\ufeff"
_WITHIN: Final = re.compile(f"[{_INVISIBLE}]")
_MARKED_WORD: Final = re.compile(rf"\w[\w{_INVISIBLE}]*(?:['’]\w[\w{_INVISIBLE}]*)*")
_LINE_END: Final = re.compile(r"\r\n?|\n")
# Possessive throughout (*+, ++): twenty thousand dots or blanks are passed once, not once for each of them.
_SENTENCE_END: Final = re.compile(r"[.!?…\r\n](?:(?<=[\r\n])|[\"”’')»]*+\s++(?=[^a-z0-9\s]))")
_SHORTENED: Final = re.compile(r"(?:\b(?:Mrs?|Ms|Dr|St|Rev|Prof|approx|e\.g|i\.e)|\b[A-Z])\.\s+$")
_JOINED: Final = re.compile(rf"[\s{_INVISIBLE}]*+[-‐‑–]?+[\s{_INVISIBLE}]*+")
_STARTS: Final = re.compile(r"[.!?:;…\n\r•\"“”‘«»(]")


def folded(word: str) -> str:
    """A word as the lists spell it: small letters, plain apostrophes, no accents, no invisible marks."""
    if word.isascii():
        return word.lower()
    apart = unicodedata.normalize("NFKD", _WITHIN.sub("", word).casefold().replace("’", "'"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).replace("ı", "i")


def words_of(text: str) -> list[str]:
    return [folded(word) for word in _MARKED_WORD.findall(text.replace("_", " "))]


@dataclass(frozen=True)
class Reading:
    """The words of a text, in order: `keys` as the lists spell them, `spans` where they stand."""

    text: str
    keys: list[str]
    spans: list[tuple[int, int]]
    speech: list[tuple[int, int]]

    @classmethod
    def of(cls, text: str) -> "Reading":
        plain = text.replace("_", " ").replace("’", "'")
        pattern = _WORD if plain.isascii() or not _WITHIN.search(plain) else _MARKED_WORD
        spans = [match.span() for match in pattern.finditer(plain)]
        small = plain.lower()
        # A few letters (İ) grow when they are made small, and then the places would no longer fit.
        cut = small if len(small) == len(plain) else plain
        keys = [cut[start:end] for start, end in spans]
        if not plain.isascii():
            keys = [key if key.isascii() and key.islower() else folded(key) for key in keys]
        return cls(text, keys, spans, quoted(text))

    @cached_property
    def starts(self) -> list[int]:
        return [start for start, _ in self.spans]

    @cached_property
    def spoken(self) -> bytearray:
        """One byte per word: whether it is quoted speech."""
        flags = bytearray(len(self.spans))
        for start, end in self.speech:
            first, last = bisect_left(self.starts, start), bisect_left(self.starts, end)
            flags[first:last] = b"\x01" * (last - first)
        return flags

    @cached_property
    def _line_ends(self) -> list[int]:
        return [match.end() for match in _LINE_END.finditer(self.text)]

    @cached_property
    def _sentence_ends(self) -> list[int]:
        return [
            match.end()
            for match in _SENTENCE_END.finditer(self.text)
            if not _SHORTENED.search(self.text, max(0, match.start() - 8), match.end())
        ]

    @cached_property
    def _speech_starts(self) -> list[int]:
        return [start for start, _ in self.speech]

    def written(self, index: int) -> str:
        start, end = self.spans[index]
        return self.text[start:end]

    def key(self, index: int) -> str:
        """The word at a place; empty before the first and after the last."""
        return self.keys[index] if 0 <= index < len(self.keys) else ""

    def index_at(self, place: int) -> int:
        """The first word that begins at a place of the text or after it."""
        return bisect_left(self.starts, place)

    def gap(self, index: int) -> str:
        """What stands between a word and the one before it."""
        if not 0 < index < len(self.spans):
            return "\n"
        return self.text[self.spans[index - 1][1] : self.spans[index][0]]

    def joined(self, index: int) -> bool:
        """Whether only blanks or a hyphen part a word from the one before it."""
        gap = self.gap(index)
        return gap == " " or (index > 0 and _JOINED.fullmatch(gap) is not None)

    def opens_sentence(self, index: int) -> bool:
        return index == 0 or _STARTS.search(self.gap(index)) is not None

    def capitalised(self, index: int) -> bool:
        return 0 <= index < len(self.spans) and self.text[self.spans[index][0]].isupper()

    def sentence(self, place: int) -> tuple[int, int]:
        """Where the sentence around a place of the text begins and ends."""
        after = bisect_right(self._sentence_ends, place)
        start = self._sentence_ends[after - 1] if after else 0
        return start, self._sentence_ends[after] if after < len(self._sentence_ends) else len(self.text)

    def speech_between(self, start: int, end: int) -> bool:
        """Whether quoted speech touches a stretch of the text."""
        upto = bisect_left(self._speech_starts, end)
        return upto > 0 and self.speech[upto - 1][1] > start

    def in_speech(self, place: int) -> bool:
        return self.speech_between(place, place + 1)

    def found(self, rule: Rule, span: tuple[int, int], why: str, suggestion: str) -> Finding:
        start, end = span
        words = self.text[start:end]
        line = bisect_right(self._line_ends, start) + 1
        return Finding(start, end, line, rule, words, why.replace("{words}", words), suggestion)
