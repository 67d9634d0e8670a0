"""What changed between two wordings, as data: pieces that stayed, came and went. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

Change = Literal["same", "added", "removed"]
_WORDS: Final = re.compile(r"\S+\s*|\s+")


@dataclass(frozen=True, slots=True)
class Piece:
    change: Change
    text: str


def difference(before: str, after: str) -> list[Piece]:
    """Word by word, white space as it was: "same" and "removed" make the first text, "same" and "added" the second."""
    return list(_pieces(_WORDS.findall(before), _WORDS.findall(after)))


def _pieces(before: list[str], after: list[str]) -> Iterator[Piece]:
    for kind, from_old, to_old, from_new, to_new in SequenceMatcher(None, before, after).get_opcodes():
        old, new = "".join(before[from_old:to_old]), "".join(after[from_new:to_new])
        if kind == "equal":
            yield Piece("same", old)
            continue
        if old:
            yield Piece("removed", old)
        if new:
            yield Piece("added", new)
