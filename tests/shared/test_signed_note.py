"""Notes, held against the published example of Go's sumdb/note and against what must be refused."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.signed_note import Checkpoint, Malformed, NoteKey, NoteSigner, NotSigned, open_note

# From the documentation of golang.org/x/mod/sumdb/note.
PRIVATE = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
NOTE = (
    TEXT
    + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)

OAKFIELD = NoteSigner("heed.example/incident", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
CHECKPOINT = Checkpoint("heed.example/incident/oakfield", 20852163, b"\x07" * 32, ("after 20852000",))


def test_the_published_example_is_made_and_read() -> None:
    seed = base64.b64decode(PRIVATE.split("+", 4)[4])[1:]
    signer = NoteSigner("PeterNeumann", Ed25519PrivateKey.from_private_bytes(seed))
    assert str(signer.key) == PUBLIC
    assert signer.sign(TEXT) == NOTE
    assert open_note(NOTE, [NoteKey.parse(PUBLIC)]) == TEXT


def test_a_checkpoint_survives_being_written_and_read() -> None:
    note = OAKFIELD.sign(CHECKPOINT.text())
    assert Checkpoint.parse(open_note(note, [OAKFIELD.key])) == CHECKPOINT
    assert note.startswith("heed.example/incident/oakfield\n20852163\nBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n")


def test_a_signature_of_a_stranger_is_passed_over_beside_a_known_one() -> None:
    stranger = NoteSigner("witness.example", Ed25519PrivateKey.generate())
    note = OAKFIELD.sign(TEXT) + stranger.sign(TEXT).removeprefix(TEXT + "\n")
    assert open_note(note, [OAKFIELD.key]) == TEXT
    with pytest.raises(NotSigned, match=r"none of the trusted keys.*witness\.example"):
        open_note(stranger.sign(TEXT), [OAKFIELD.key])


def test_a_false_signature_is_refused() -> None:
    with pytest.raises(NotSigned, match="false"):
        open_note(NOTE.replace("answer", "questn"), [NoteKey.parse(PUBLIC)])
    forged = NoteSigner(OAKFIELD.name, Ed25519PrivateKey.generate())
    with pytest.raises(NotSigned, match="none of the trusted keys"):
        open_note(forged.sign(TEXT), [OAKFIELD.key])


@pytest.mark.parametrize(
    "note",
    [
        "",
        TEXT,
        TEXT + "\n",
        NOTE[:-1],
        NOTE[:-30] + "\n",
        NOTE.replace("— ", "- "),
        NOTE.replace("— PeterNeumann ", "— PeterNeumann+"),
        NOTE.replace("nAM=", "nAN="),
        TEXT + "\n— PeterNeumann x08g\n",
        NOTE.replace("you think", "you\tthink"),
        "a" * 100_001,
    ],
)
def test_what_is_not_a_note_is_refused(note: str) -> None:
    with pytest.raises(Malformed):
        open_note(note, [NoteKey.parse(PUBLIC)])


@pytest.mark.parametrize(
    "key",
    [
        "PeterNeumann",
        PUBLIC.replace("c74f20a3", "c74f20a4"),
        PUBLIC.replace("+ARpc", "+AhPc"),
        PUBLIC.replace("Peter", "Peter "),
        "a+00000000+AQ==",
    ],
)
def test_what_is_not_a_key_is_refused(key: str) -> None:
    with pytest.raises(Malformed):
        NoteKey.parse(key)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "o\n1\n",
        "o\n-1\nAAAA\n",
        "o\n01\nAAAA\n",
        "o\n1\nAAA\n",
        "\n1\nAAAA\n",
        "o\n1\nAAAA\n\n",
        "o\n1\nAAAA",
        "o\n²\nAAAA\n",
    ],
)
def test_what_is_not_a_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        Checkpoint.parse(text)


def test_text_that_cannot_be_signed_is_refused() -> None:
    for text in ("no line break", "tab\t\n", "\ud800\n"):
        with pytest.raises(Malformed):
            OAKFIELD.sign(text)
