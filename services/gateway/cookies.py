"""The two cookies: the session, which no script can read, and the token that a script must repeat."""

from fastapi import Request, Response

SESSION = "heed_session"
CSRF = "heed_csrf"


class Cookies:
    """On https both carry the `__Host-` prefix: the browser then takes them from this very host over TLS only."""

    def __init__(self, *, https: bool) -> None:
        prefix = "__Host-" if https else ""
        self.session = prefix + SESSION
        self.csrf = prefix + CSRF
        self._secure = https

    def session_of(self, request: Request) -> str | None:
        return request.cookies.get(self.session) or None

    def begin(self, response: Response, *, session: str, csrf: str) -> None:
        # No max-age: the session ends with the browser; how long it lives otherwise is auth's to say.
        self._set(response, self.session, session, httponly=True)
        self._set(response, self.csrf, csrf, httponly=False)

    def end(self, response: Response) -> None:
        for name in (self.session, self.csrf):
            response.delete_cookie(name, path="/", secure=self._secure, samesite="lax", httponly=name == self.session)

    def _set(self, response: Response, name: str, value: str, *, httponly: bool) -> None:
        response.set_cookie(name, value, path="/", secure=self._secure, samesite="lax", httponly=httponly)
