"""Recovery codes: printed, for a lost phone. Pure."""

import secrets
from typing import Final

CODES: Final = 10
# Without letters and digits that are taken for one another on paper. 16 of 30: 78 bits, too many to be guessed.
ALPHABET: Final = "abcdefghjkmnpqrstvwxyz23456789"
LENGTH: Final = 16


def new_recovery_codes() -> list[str]:
    """As they are printed: four groups of four."""
    drawn = ("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for _ in range(CODES))
    return ["-".join(code[i : i + 4] for i in range(0, LENGTH, 4)) for code in drawn]


def as_recovery_code(typed: str) -> str | None:
    """A code as it is kept, however it was typed; None for what is none, as the six digits of an app."""
    plain = "".join(character for character in typed.casefold() if character.isalnum())
    return plain if len(plain) == LENGTH else None
