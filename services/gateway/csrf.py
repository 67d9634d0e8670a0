"""Nobody else's page may act with a member of staff's cookie.

Double submit, bound to the session: the token is a keyed digest of the session, set in a cookie that scripts of this
site can read and repeated by them in `X-CSRF-Token`. A token planted by a neighbouring host fits no session.
"""

import hashlib
import hmac
from urllib.parse import urlsplit

from fastapi import Request
from pydantic import SecretStr

from shared.errors import Problem

HEADER = "X-CSRF-Token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Csrf:
    def __init__(self, secret: SecretStr) -> None:
        self._key = hmac.digest(secret.get_secret_value().encode(), b"heed gateway csrf v1", hashlib.sha256)

    def token(self, session: str) -> str:
        return hmac.new(self._key, session.encode(), hashlib.sha256).hexdigest()

    def check(self, request: Request, *, session: str, cookie: str | None) -> None:
        """Raises the 403 unless the header and the cookie both repeat this session's token."""
        if request.method in SAFE:
            return
        same_site(request)
        expected = self.token(session).encode()
        for given in (request.headers.get(HEADER), cookie):
            if given is None or not hmac.compare_digest(given.encode(), expected):
                raise NotOurPage

    def check_form(self, given: str, *, session: str) -> None:
        """Raises the 403 unless a page's form repeats this session's token."""
        if not hmac.compare_digest(given.encode(), self.token(session).encode()):
            raise NotOurPage


def same_site(request: Request) -> None:
    """Refuses what a browser says another site has sent; also before sign-in, where there is no session yet."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise NotOurPage
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc.lower() != request.headers.get("host", "").lower():
        raise NotOurPage


class NotOurPage(Problem):
    status = 403
    code = "csrf"
    title = "This was not sent by a page of Heed"

    def __init__(self) -> None:
        super().__init__(
            f"Repeat the token you were given at sign-in in the header {HEADER}, or load the page again and try again."
        )
