"""Signed notes and checkpoints as the C2SP specifications have them (signed-note, tlog-checkpoint), with Ed25519.

A note is text that people can read, a blank line, and a line per signature. A checkpoint is a note whose text says:
this log (origin), when it had this many rows (size), had this root. Pure.
"""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519: Final = b"\x01"
MARK: Final = "\u2014 "
LONGEST: Final = 100_000


class Malformed(ValueError):  # noqa: N818 - reads as what it is
    """Not a note, a key or a checkpoint. The message says what is wrong with it."""


class NotSigned(Exception):  # noqa: N818 - reads as what it is
    """No key that is trusted here has signed the note, or a signature by one of them is false."""


class Stranger(NotSigned):
    """Whoever has signed the note, it was none of the trusted keys."""


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A key to check signatures with; a signature line names it and begins with its four-byte id."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{_text64(ED25519 + self.public)}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """From `name+id+key`, the form in which public keys are handed on."""
        try:
            name, key_id, encoded = text.strip().split("+", 2)
        except ValueError as problem:
            raise Malformed("a public key is name+id+key") from problem
        material = _bytes64(encoded)
        key = cls(_valid_name(name), material[1:])
        if material[:1] != ED25519 or len(material) != 33:
            raise Malformed(f"the key of {name} is not Ed25519")
        if key.key_id.hex() != key_id:
            raise Malformed(f"the key of {name} does not have the id {key_id}")
        return key


@dataclass(frozen=True, slots=True)
class NoteSigner:
    name: str
    private: Ed25519PrivateKey

    @property
    def key(self) -> NoteKey:
        return NoteKey(_valid_name(self.name), self.private.public_key().public_bytes_raw())

    def sign(self, text: str) -> str:
        """The note: the text and our signature. The text must end with a line break."""
        _check_text(text)
        line = _text64(self.key.key_id + self.private.sign(text.encode()))
        return f"{text}\n{MARK}{self.name} {line}\n"


def open_note(note: str, keys: Iterable[NoteKey]) -> str:
    """The note's text, once a trusted key is seen to have signed it. Signatures by strangers are passed over."""
    text, lines = _divide(note)
    known = {(key.name, key.key_id): key for key in keys}
    good = 0
    for name, material in lines:
        key = known.get((name, material[:4]))
        if key is None:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(key.public).verify(material[4:], text.encode())
        except InvalidSignature as problem:
            raise NotSigned(f"the signature of {name} is false") from problem
        good += 1
    if not good:
        raise Stranger(f"none of the trusted keys has signed it; it names {', '.join(sorted({n for n, _ in lines}))}")
    return text


@dataclass(frozen=True, slots=True)
class Checkpoint:
    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        lines = (self.origin, str(self.size), _text64(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)

    @classmethod
    def parse(cls, text: str) -> Self:
        lines = text.split("\n")
        if len(lines) < 4 or lines[-1]:
            raise Malformed("a checkpoint has an origin, a size and a root, one a line")
        origin, size, root, *extensions = lines[:-1]
        if not origin or not size.isascii() or not size.isdecimal() or size != str(int(size)):
            raise Malformed("a checkpoint has an origin, and a size in decimal")
        if "" in extensions:
            raise Malformed("a checkpoint has no empty line")
        return cls(origin, int(size), _bytes64(root), tuple(extensions))


def _divide(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    if len(note) > LONGEST:
        raise Malformed("too long for a note")
    text, gap, signatures = note.rpartition("\n\n")
    if not gap or not signatures.endswith("\n"):
        raise Malformed("a note has text, an empty line, and signatures")
    text += "\n"
    _check_text(text)
    return text, [_signature(line) for line in signatures[:-1].split("\n")]


def _signature(line: str) -> tuple[str, bytes]:
    name, gap, encoded = line.removeprefix(MARK).partition(" ")
    if not line.startswith(MARK) or not gap:
        raise Malformed("a signature line begins with a dash, a name and a blank")
    material = _bytes64(encoded)
    if len(material) < 5:
        raise Malformed(f"the signature of {name} is too short")
    return _valid_name(name), material


def _check_text(text: str) -> None:
    if not text.endswith("\n") or any(ord(letter) < 0x20 and letter != "\n" for letter in text):
        raise Malformed("a note's text ends with a line break and has no control characters")
    try:
        text.encode()
    except UnicodeEncodeError as problem:
        raise Malformed("a note's text is UTF-8") from problem


def _valid_name(name: str) -> str:
    if not name or "+" in name or any(letter.isspace() for letter in name):
        raise Malformed("a key's name is not empty and has no blank and no plus sign")
    return name


def _text64(material: bytes) -> str:
    return base64.b64encode(material).decode()


def _bytes64(text: str) -> bytes:
    try:
        material = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as problem:
        raise Malformed("not base64") from problem
    # Base64 has several spellings of one value; only the canonical one is accepted.
    if _text64(material) != text:
        raise Malformed("not canonical base64")
    return material
