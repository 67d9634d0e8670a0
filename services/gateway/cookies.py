"""The cookies: the session, which no script can read, the token that a script must repeat, and the browser's own."""

from fastapi import Request, Response

SESSION = "heed_session"
CSRF = "heed_csrf"
DEVICE = "heed_device"
BROWSER = "heed_browser"
KIOSK = "heed_kiosk"
SCHOOL = "heed_school"  # whose own link was opened here, by its short name: whom to find in person
HIDDEN = "heed_hidden"  # by the pages' own script, when somebody hides them: it says yes and nothing else
PASSKEY = "heed_passkey"
PROVIDER = "heed_provider"
BROWSER_SECONDS = 400 * 24 * 3600  # as long as browsers keep any cookie
ATTEMPT_SECONDS = 10 * 60  # as long as auth waits for who has begun to sign in
DEVICE_SECONDS = 30 * 24 * 3600  # as long as auth remembers a browser


class Cookies:
    """On https all carry the `__Host-` prefix: the browser then takes them from this very host over TLS only."""

    def __init__(self, *, https: bool) -> None:
        prefix = "__Host-" if https else ""
        self.session = prefix + SESSION
        self.csrf = prefix + CSRF
        self.device = prefix + DEVICE
        self.browser = prefix + BROWSER
        self._kiosk = prefix + KIOSK
        self._school = prefix + SCHOOL
        self._prefix = prefix
        self._secure = https

    def session_of(self, request: Request) -> str | None:
        return request.cookies.get(self.session) or None

    def device_of(self, request: Request) -> str | None:
        return request.cookies.get(self.device) or None

    def browser_of(self, request: Request) -> str | None:
        return request.cookies.get(self.browser) or None

    def school_of(self, request: Request) -> str:
        return request.cookies.get(self._school, "")[:100]

    def remember_school(self, response: Response, slug: str) -> None:
        self._set(response, self._school, slug, httponly=True, max_age=BROWSER_SECONDS)

    def kiosk_of(self, request: Request) -> str | None:
        return request.cookies.get(self._kiosk) or None

    def be_kiosk(self, response: Response, token: str) -> None:
        """This browser is a device of the school; by itself that opens nothing, for a password is asked as well."""
        self._set(response, self._kiosk, token, httponly=True, max_age=BROWSER_SECONDS)

    def attempt_of(self, request: Request, way: str) -> str | None:
        return request.cookies.get(self._prefix + way) or None

    def attempt(self, response: Response, token: str, way: str) -> None:
        """A sign-in has begun in this browser, by a passkey or a provider, and in no other can it be finished."""
        self._set(response, self._prefix + way, token, httponly=True, max_age=ATTEMPT_SECONDS)

    def end_attempt(self, response: Response, way: str) -> None:
        response.delete_cookie(self._prefix + way, path="/", secure=self._secure, samesite="lax", httponly=True)

    def know(self, response: Response, browser: str) -> None:
        """By this a sign-in with another browser is noticed and told to its owner; it spares nothing."""
        self._set(response, self.browser, browser, httponly=True, max_age=BROWSER_SECONDS)

    def remember(self, response: Response, device: str) -> None:
        """This browser is spared the second factor at sign-in; signing out does not end that."""
        self._set(response, self.device, device, httponly=True, max_age=DEVICE_SECONDS)

    def begin(self, response: Response, *, session: str, csrf: str) -> None:
        # No max-age: the session ends with the browser; how long it lives otherwise is auth's to say.
        self._set(response, self.session, session, httponly=True)
        self._set(response, self.csrf, csrf, httponly=False)

    def show_again(self, request: Request, response: Response) -> None:
        """A session begins or ends: what was hidden of the one before is no longer there."""
        if HIDDEN in request.cookies:
            response.delete_cookie(HIDDEN, path="/", samesite="strict")

    def end(self, response: Response) -> None:
        for name in (self.session, self.csrf):
            response.delete_cookie(name, path="/", secure=self._secure, samesite="lax", httponly=name == self.session)

    def _set(self, response: Response, name: str, value: str, *, httponly: bool, max_age: int | None = None) -> None:
        response.set_cookie(
            name, value, max_age=max_age, path="/", secure=self._secure, samesite="lax", httponly=httponly
        )
