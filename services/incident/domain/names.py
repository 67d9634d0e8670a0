"""Names as they are searched for. Pure."""

import re
import unicodedata
from typing import Final

# Letters that do not come apart into a plain letter and a mark.
_PLAIN: Final = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)
_APART: Final = re.compile(r"[\s\-]+")
_LEFT_OUT: Final = re.compile(r"['’‘`.]")


def plain(text: str) -> str:
    """A name as somebody in a hurry types it: no marks, no capitals, no apostrophes, one blank between words."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in folded if not unicodedata.combining(letter)).translate(_PLAIN)
    return _APART.sub(" ", _LEFT_OUT.sub("", bare)).strip()


def search_words(forename: str, surname: str, *others: tuple[str, str]) -> str:
    """What the type-ahead looks through: both orders, each word after a blank, and the same of every other name."""
    names = dict.fromkeys((plain(first), plain(last)) for first, last in ((forename, surname), *others))
    return "".join(f" {first} {last} {first}" for first, last in names)
