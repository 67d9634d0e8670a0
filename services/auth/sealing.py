"""Seals what auth must be able to read again, the second factors' secrets: a stolen backup shows noise."""

from uuid import UUID

from pydantic import SecretStr

from shared.keys import Seal


class Sealing:
    """Sealed for one account: one person's secret is of no use in another's row."""

    def __init__(self, key_secret: SecretStr) -> None:
        self._secret = key_secret

    def seal(self, totp_secret: str, *, staff_id: UUID) -> bytes:
        return self._of(staff_id).close(totp_secret.encode())

    def open(self, sealed: bytes, *, staff_id: UUID) -> str:
        """Raises shared.keys.WrongSecret when HEED_KEY_SECRET is another than it was sealed with."""
        return self._of(staff_id).open(sealed).decode()

    def _of(self, staff_id: UUID) -> Seal:
        return Seal(self._secret, purpose=f"second factor of {staff_id}")
