"""What was typed while a session ended: it comes back to the person who typed it, and to nobody else.

It lies nowhere but in the page itself, in the sign-in form that follows, until the same person has signed in again.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass

from pydantic import SecretStr

from services.gateway.pages.forms import OWNER, Form

LONGEST = 200_000


def owner_mark(secret: SecretStr, staff_id: str) -> str:
    """Put in every form: whose it is, without saying who that is."""
    key = hmac.digest(secret.get_secret_value().encode(), b"heed pages owner v1", hashlib.sha256)
    return hmac.new(key, staff_id.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Held:
    path: str
    owner: str
    fields: tuple[tuple[str, str], ...]

    def text(self) -> str:
        return json.dumps([self.path, self.owner, self.fields], ensure_ascii=False)


def hold(path: str, form: Form) -> Held | None:
    """None for a form in which nothing was typed, and for one that is not a page's."""
    owner = form.text(OWNER)
    fields = tuple((name, value) for name, value in form.typed if value)
    return Held(path, owner, fields) if owner and fields else None


def held_in(text: str) -> Held | None:
    """What a form carries along; None for what no page of ours has put there."""
    if not text or len(text) > LONGEST:
        return None
    try:
        path, owner, fields = json.loads(text)
        held = Held(str(path), str(owner), tuple((str(name), str(value)) for name, value in fields))
    except (ValueError, TypeError):
        return None
    return held if local(held.path) == held.path else None


def local(path: str | None, default: str = "/") -> str:
    """A path of this site, or `default`: nobody is sent elsewhere by a link."""
    if not path or not path.startswith("/") or path.startswith("//"):
        return default
    if "\\" in path or any(ord(character) <= 32 or ord(character) == 127 for character in path):
        return default
    return default if path.startswith(("/api/", "/assets/")) else path
