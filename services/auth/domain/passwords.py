"""Addresses and passwords. Pure."""

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterable
from datetime import timedelta
from itertools import pairwise
from typing import Final

LINK_LIFE: Final = timedelta(days=7)
FORGOTTEN_LINK_LIFE: Final = timedelta(hours=1)
PASSWORD_AT_LEAST: Final = 12
PASSWORD_AT_MOST: Final = 128
DIFFERENT_AT_LEAST: Final = 5
ENOUGH_BESIDE: Final = 8
"""How many letters of one's own choosing there must be beside one's name, address and school."""
SHORTEST_OWN_WORD: Final = 3


def email_key(email: str) -> str:
    """By which an address is one account, however it is typed."""
    return unicodedata.normalize("NFKC", email).strip().casefold()


def same_password(password: str) -> str:
    """Keyboards write the same letter in several ways; a password must not depend on which keyboard it was typed on."""
    return unicodedata.normalize("NFKC", password)


def password_fault(password: str, *, own: Iterable[str] = (), common: Collection[str] = frozenset()) -> str | None:
    """What is wrong with a new password, in words for the person who chose it; no rule of composition is among it.

    `own` is what anybody knows of them: name, address, school. `common` is what is tried first everywhere, in lower
    case.
    """
    typed = same_password(password)
    plain = typed.casefold()
    faults = {
        f"Use at least {PASSWORD_AT_LEAST} characters. Three or four words that do not belong together are good.": (
            len(typed) < PASSWORD_AT_LEAST
        ),
        f"Use at most {PASSWORD_AT_MOST} characters.": len(typed) > PASSWORD_AT_MOST,
        "Use more than a few different characters.": len(set(plain)) < DIFFERENT_AT_LEAST,
        "Use something else than a row of letters or digits that follow one another.": _is_row(plain),
        "This is among the passwords that are tried first. Choose words that do not belong together.": (
            _is_common(plain, common)
        ),
        "Anybody who knows you could guess this. Use more besides your name, your address and your school.": (
            _only_own(plain, own)
        ),
    }
    return next((sentence for sentence, applies in faults.items() if applies), None)


def _is_row(plain: str) -> bool:
    """Mostly characters that follow one another, upward or downward: abcdef, 987654."""
    steps = [abs(ord(after) - ord(before)) == 1 for before, after in pairwise(plain)]
    return bool(steps) and sum(steps) * 4 >= len(steps) * 3


def _is_common(plain: str, common: Collection[str]) -> bool:
    """One of the common ones, as it is, written twice, or with digits and signs around it: password2026!"""
    dense = "".join(plain.split())
    bare = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", dense)
    return any(_once(each) in common for each in (plain, dense, bare))


def _once(text: str) -> str:
    """What a text repeats: "tigertiger" is "tiger"."""
    return text[: (text + text).find(text, 1)] if text else text


def _only_own(plain: str, own: Iterable[str]) -> bool:
    """Whether next to nothing is left once the words that belong to the person are taken out."""
    words = {word for text in own for word in re.findall(r"\w+", text.casefold()) if len(word) >= SHORTEST_OWN_WORD}
    left = plain
    for word in sorted(words, key=len, reverse=True):
        left = left.replace(word, "")
    return left != plain and sum(character.isalpha() for character in left) < ENOUGH_BESIDE


def hash_of(token: str) -> bytes:
    """What is kept of a token. Its 256 bits are random, so a plain hash cannot be turned back."""
    return hashlib.sha256(token.encode()).digest()
