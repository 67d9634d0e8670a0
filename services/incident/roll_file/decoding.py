"""Bytes into text, whichever program wrote them. Pure."""

import codecs
from typing import Final

from shared.errors import FieldError, Invalid

_MARKS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_OTHERS: Final = (
    (b"PK\x03\x04", "This is a zip archive or a spreadsheet; save the roll as CSV and send that."),
    (b"\xd0\xcf\x11\xe0", "This is a spreadsheet; save the roll as CSV and send that."),
    (b"%PDF", "This is a PDF; export the roll as CSV or CTF and send that."),
    (b"\x1f\x8b", "This is a compressed file; unpack it and send what is inside."),
)
_SAMPLE: Final = 2_000


def refuse_other_kinds(beginning: bytes) -> None:
    """Raises Invalid for a file that is something else, whatever its name says."""
    for mark, words in _OTHERS:
        if beginning.startswith(mark):
            raise Invalid(FieldError("file", words))


def text_of(content: bytes) -> tuple[str, str]:
    """The text and the encoding it was found in: by its mark, as UTF-16 without one, as UTF-8, as older Windows."""
    refuse_other_kinds(content[:8])
    for encoding in _candidates(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            raise Invalid(FieldError("file", "The file contains NUL characters; save it as CSV (UTF-8)."))
        return text, encoding
    raise Invalid(FieldError("file", "The file's characters cannot be read; save it as CSV (UTF-8)."))


def _candidates(content: bytes) -> list[str]:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return [encoding]
    sample = content[:_SAMPLE]
    # Latin letters in UTF-16 have a zero in every second byte.
    if len(sample) > 3 and sample[1::2].count(0) > len(sample) // 4:
        return ["utf-16-le"]
    if len(sample) > 3 and sample[::2].count(0) > len(sample) // 4:
        return ["utf-16-be"]
    return ["utf-8", "cp1252"]
