"""The code that begins an empty house: known to whoever started it, and to nobody who merely finds it. Pure."""

import base64
import hashlib
import hmac


def starting_code(key_secret: str) -> str:
    """Of the house's own secret, so that it is kept nowhere: 80 bits in four groups."""
    plain = base64.b32encode(hmac.digest(key_secret.encode(), b"heed first run v1", hashlib.sha256)).decode().lower()
    return "-".join(plain[start : start + 4] for start in range(0, 16, 4))


def opens_the_house(given: str, *, key_secret: str) -> bool:
    """However it is typed; nothing opens a house without a secret."""
    typed = "".join(character for character in given.lower() if character.isalnum())
    wanted = starting_code(key_secret).replace("-", "")
    return bool(key_secret) and hmac.compare_digest(typed.encode(), wanted.encode())
