"""Addresses and passwords. Pure."""

import hashlib
import unicodedata
from datetime import timedelta
from typing import Final

LINK_LIFE: Final = timedelta(days=7)
FORGOTTEN_LINK_LIFE: Final = timedelta(hours=1)
PASSWORD_AT_LEAST: Final = 12


def email_key(email: str) -> str:
    """By which an address is one account, however it is typed."""
    return unicodedata.normalize("NFKC", email).strip().casefold()


def same_password(password: str) -> str:
    """Keyboards write the same letter in several ways; a password must not depend on which keyboard it was typed on."""
    return unicodedata.normalize("NFKC", password)


def password_fault(password: str, *, email: str) -> str | None:
    """What is wrong with a new password, in words for the person who chose it."""
    if len(password) < PASSWORD_AT_LEAST:
        return f"Use at least {PASSWORD_AT_LEAST} characters. Three or four words that do not belong together are good."
    if len(set(password.casefold())) < 5:
        return "Use more than a few different characters."
    if email_key(email).partition("@")[0] in password.casefold():
        return "Leave your e-mail address out of your password."
    return None


def hash_of(token: str) -> bytes:
    """What is kept of a token. Its 256 bits are random, so a plain hash cannot be turned back."""
    return hashlib.sha256(token.encode()).digest()
