"""Keeps a secret link from whoever reads the mail table: row and stored letter are noise without HEED_KEY_SECRET.

The link of an invitation opens an account. Of the link itself only a hash is kept; the mail that carries it waits in a
table, stays there once it was sent, and is in every backup (decision 14).
"""

import base64
from typing import Final
from uuid import UUID

from pydantic import SecretStr

from shared.keys import Seal

SEALED: Final = "sealed:"


class MailSeal:
    """Sealed for one mail: what is in one row is of no use in another."""

    def __init__(self, key_secret: SecretStr) -> None:
        self._secret = key_secret

    def close_path(self, mail_id: UUID, path: str) -> str:
        return SEALED + base64.b64encode(self._of(mail_id).close(path.encode())).decode()

    def open_path(self, mail_id: UUID, link: str) -> str:
        """Where the link leads; one that is no secret stands as it is. Raises shared.keys.WrongSecret."""
        if not link.startswith(SEALED):
            return link
        return self._of(mail_id).open(base64.b64decode(link.removeprefix(SEALED))).decode()

    def close_letter(self, mail_id: UUID, letter: bytes) -> bytes:
        return self._of(mail_id).close(letter)

    def open_letter(self, mail_id: UUID, sealed: bytes) -> bytes:
        return self._of(mail_id).open(sealed)

    def _of(self, mail_id: UUID) -> Seal:
        return Seal(self._secret, purpose=f"mail {mail_id}")
