"""A sealed audit as a stream of entries: what the database holds, what an export holds, what the verifier is given.

An export is one JSON object a line: a heading; then for each service its log (origin and public keys) and for each
school of it the rows by number, each checkpoint behind the last row it signs, and what waits to be sealed; an end.
"""

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias
from uuid import UUID

from shared.signed_note import Malformed, NoteKey

FORMAT: Final = "heed-audit-export/1"
LONGEST_LINE: Final = 1_000_000


class Unreadable(Exception):  # noqa: N818 - reads as what it is
    """A line of an export is none; the message says which and why."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line}: {why}")
        self.line = line


@dataclass(frozen=True, slots=True)
class Heading:
    """The first line. `whole` is false where only checkpoints were kept, to be verified against later."""

    made_at: str
    whole: bool


@dataclass(frozen=True, slots=True)
class Log:
    """A service's audit begins. `origin` is its name, "heed/incident"; a school's tree is `origin/<school id>`."""

    origin: str
    keys: tuple[NoteKey, ...]


@dataclass(frozen=True, slots=True)
class SchoolLog:
    school_id: UUID


@dataclass(frozen=True, slots=True)
class Numbered:
    """A leaf and the row it was hashed from; None when the row is gone."""

    seq: int
    audit_id: str
    leaf: bytes
    row: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint as it is stored; what of it is true, its note says."""

    size: int
    root: bytes
    frontier: bytes
    note: str
    at: str


@dataclass(frozen=True, slots=True)
class Unnumbered:
    """A row without a leaf. `waits` is false where the sealer would never take it; a row that is gone is None."""

    audit_id: str
    waits: bool
    row: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class End:
    """The last line: without it an export was cut off."""

    lines: int


Entry: TypeAlias = Heading | Log | SchoolLog | Numbered | Signed | Unnumbered | End


def to_line(entry: Entry) -> str:
    return json.dumps(_as_json(entry), separators=(",", ":"), ensure_ascii=True, allow_nan=False) + "\n"


def from_lines(lines: Iterable[bytes]) -> Iterator[Entry]:
    """Raises Unreadable at the first line that is none of the format's, and when the end is missing."""
    count, ended = 0, False
    for count, line in enumerate(lines, start=1):
        if ended:
            raise Unreadable(count, "there is more behind the end")
        entry = _read(count, line)
        if isinstance(entry, Heading) != (count == 1):
            raise Unreadable(count, f"an export begins with one heading, {FORMAT}")
        if isinstance(entry, End):
            ended = True
            if entry.lines != count:
                raise Unreadable(count, f"the end says that there are {entry.lines} lines")
        yield entry
    if not ended:
        raise Unreadable(count + 1, "the end is missing: the file was cut off")


def _read(number: int, line: bytes) -> Entry:
    if len(line) > LONGEST_LINE:
        raise Unreadable(number, "too long")
    try:
        return _from_json(json.loads(line, object_pairs_hook=_once))
    except (ValueError, KeyError, TypeError, Malformed, RecursionError) as problem:
        why = str(problem) if isinstance(problem, Malformed) else "not an entry of an audit export"
        raise Unreadable(number, why) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # Of a name given twice a reader might show the first and a verifier hash the last.
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a name is given twice")
    return made


def _as_json(entry: Entry) -> dict[str, Any]:
    match entry:
        case Heading():
            made: dict[str, Any] = {"kind": "heading", "format": FORMAT, "made_at": entry.made_at, "whole": entry.whole}
        case Log():
            made = {"kind": "log", "origin": entry.origin, "keys": [str(key) for key in entry.keys]}
        case SchoolLog():
            made = {"kind": "school", "school_id": str(entry.school_id)}
        case Numbered():
            made = {
                "kind": "row",
                "seq": entry.seq,
                "id": entry.audit_id,
                "leaf": _text64(entry.leaf),
                "row": entry.row,
            }
        case Signed():
            made = {
                "kind": "checkpoint",
                "size": entry.size,
                "root": _text64(entry.root),
                "frontier": _text64(entry.frontier),
                "note": entry.note,
                "at": entry.at,
            }
        case Unnumbered():
            made = {"kind": "unnumbered", "id": entry.audit_id, "waits": entry.waits, "row": entry.row}
        case End():
            made = {"kind": "end", "lines": entry.lines}
    return made


def _from_json(found: Any) -> Entry:
    """Raises ValueError, KeyError or TypeError for anything that is not exactly an entry."""
    entry = _MAKERS[found["kind"]](found)
    # Nothing may travel beside what is verified.
    if set(_as_json(entry)) != set(found):
        raise ValueError("names that are none of the format's")
    return entry


def _heading(found: Mapping[str, Any]) -> Heading:
    if found["format"] != FORMAT:
        raise Malformed(f"this is {found['format']!s:.60}, and only {FORMAT} is understood")
    return Heading(_str(found["made_at"]), _bool(found["whole"]))


_MAKERS: Final[Mapping[str, Callable[[Mapping[str, Any]], Entry]]] = {
    "heading": _heading,
    "log": lambda found: Log(_str(found["origin"]), tuple(NoteKey.parse(key) for key in found["keys"])),
    "school": lambda found: SchoolLog(UUID(found["school_id"])),
    "row": lambda found: Numbered(
        _int(found["seq"]), _str(found["id"]), _bytes64(found["leaf"]), _object(found["row"])
    ),
    "checkpoint": lambda found: Signed(
        _int(found["size"]),
        _bytes64(found["root"]),
        _bytes64(found["frontier"]),
        _str(found["note"]),
        _str(found["at"]),
    ),
    "unnumbered": lambda found: Unnumbered(_str(found["id"]), _bool(found["waits"]), _object(found["row"])),
    "end": lambda found: End(_int(found["lines"])),
}


def _str(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not text")
    return value


def _bool(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("neither true nor false")
    return value


def _int(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError("not a whole number")
    return value


def _object(value: Any) -> Mapping[str, Any] | None:
    if value is not None and not isinstance(value, dict):
        raise TypeError("not an object")
    return value


def _text64(material: bytes) -> str:
    return base64.b64encode(material).decode()


def _bytes64(value: Any) -> bytes:
    return base64.b64decode(_str(value), validate=True)
