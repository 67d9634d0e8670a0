"""Which stretches of a text are quoted speech. An apostrophe opens nothing; a mark left open ends with its sentence."""

import re
from typing import Final

_MARK: Final = re.compile(r"[\"“”„‟«»‹›'‘’‚]")
_DOUBLE: Final = frozenset('"“”„‟«»‹›')
_GUILLEMETS: Final = {"«": "»", "»": "«", "‹": "›", "›": "‹"}
_SENTENCE_END: Final = re.compile(r"[.!?…](?=\s)|[\r\n]|$")
_PARAGRAPH_END: Final = re.compile(r"\n[ \t\r]*\n")
# What people write with an apostrophe in front.
_CLIPPED: Final = re.compile(
    r"(?:em|cos|coz|cause|til|till|bout|tis|twas|n|ere|ello|im|er|ave|\d\ds?)\b", re.IGNORECASE
)
_BEFORE_OPENING: Final = frozenset(' \t\r\n\u00a0\u202f([{-–—/"“„«')
_LOOKS_AHEAD: Final = 24


def quoted(text: str) -> list[tuple[int, int]]:
    """Stretches of quoted speech with their marks, in order and apart."""
    marks = [match.start() for match in _MARK.finditer(text)]
    if not marks:
        return []
    doubles = _paired([place for place in marks if text[place] in _DOUBLE], text)
    singles = _singles([place for place in _outside(marks, doubles) if text[place] not in _DOUBLE], text)
    return sorted(doubles + singles)


def _opens(text: str, place: int) -> bool:
    """A mark after a blank and before a letter opens; one between two letters or after a letter does not."""
    before = text[place - 1] if place else " "
    after = text[place + 1] if place + 1 < len(text) else " "
    if text[place] in "«‹" and after.isspace():
        return before.isspace()
    return not after.isspace() and (before in _BEFORE_OPENING or (before in ":," and text[place] in "'‘"))


def _closes(text: str, place: int) -> bool:
    before = text[place - 1] if place else " "
    after = text[place + 1] if place + 1 < len(text) else " "
    return not before.isspace() and not after.isalnum()


def _paired(places: list[int], text: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    opened = -1
    for place in places:
        mark = text[place]
        if opened < 0:
            # Inches (5' 6") close nothing and open nothing.
            if _opens(text, place) or mark in "“„" or (mark == '"' and not _closes(text, place)):
                opened = place
            continue
        if _new_start(text, opened, place):
            found.append((opened, _sentence_end(text, opened, place)))
            opened = place
        elif text[opened] not in _GUILLEMETS or mark == _GUILLEMETS[text[opened]]:
            found.append((opened, place + 1))
            opened = -1
    if opened >= 0:
        found.append((opened, _sentence_end(text, opened, len(text))))
    return found


def _new_start(text: str, opened: int, place: int) -> bool:
    """Whether a mark opens anew, so that the one before it was left open."""
    if text[opened] in _GUILLEMETS:
        return text[place] == text[opened]
    if text[place] in _GUILLEMETS:
        return False
    return (_opens(text, place) and text[place] != "”") or _PARAGRAPH_END.search(text, opened, place) is not None


def _sentence_end(text: str, place: int, last: int) -> int:
    match = _SENTENCE_END.search(text, place + 1, last)
    return match.start() if match else last


def _outside(places: list[int], spans: list[tuple[int, int]]) -> list[int]:
    outside: list[int] = []
    following = iter(spans)
    span = next(following, None)
    for place in places:
        while span and span[1] <= place:
            span = next(following, None)
        if span is None or place < span[0]:
            outside.append(place)
    return outside


def _singles(places: list[int], text: str) -> list[tuple[int, int]]:
    """Single marks hold speech only where one opens and another closes it within the line."""
    found: list[tuple[int, int]] = []
    index = 0
    while index < len(places):
        place = places[index]
        index += 1
        if not _opens(text, place) or _CLIPPED.match(text, place + 1):
            continue
        close = _closing(places, index, text)
        if close is not None:
            found.append((place, places[close] + 1))
            index = close + 1
    return found


def _closing(places: list[int], index: int, text: str) -> int | None:
    """The mark that closes. One after an s and before a small letter may be the boys' own: a later one is preferred."""
    doubtful: int | None = None
    for seen in range(index, min(index + _LOOKS_AHEAD, len(places))):
        place = places[seen]
        if text.find("\n", places[seen - 1], place) >= 0 or (
            _opens(text, place) and not _CLIPPED.match(text, place + 1)
        ):
            break
        if not _closes(text, place):
            continue
        if text[place - 1] in "sS" and text[place + 1 : place + 3].strip()[:1].islower():
            doubtful = seen if doubtful is None else doubtful
            continue
        return seen
    return doubtful
