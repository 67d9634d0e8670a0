"""Problems (RFC 9457): few, named, carrying their status, in words a teacher understands."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

TYPES: Final = "https://heed.example/problems/"
MEDIA_TYPE: Final = "application/problem+json"


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field; the path is where a page finds it, as in `pupils.0.part`."""

    path: str
    message: str


class Problem(Exception):  # noqa: N818 - the field's own word
    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"
    title: ClassVar[str] = "Something went wrong on our side"

    def __init__(
        self,
        detail: str = "",
        *,
        errors: tuple[FieldError, ...] = (),
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(self.code)
        self.detail = detail
        self.errors = errors
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})

    def body(self) -> dict[str, Any]:
        made: dict[str, Any] = {"type": TYPES + self.code, "title": self.title, "status": self.status}
        if self.detail:
            made["detail"] = self.detail
        if self.errors:
            made["errors"] = [{"path": error.path, "message": error.message} for error in self.errors]
        return {**made, **self.extra}


class NotSignedIn(Problem):
    status = 401
    code = "not-signed-in"
    title = "Sign in first"

    def __init__(self) -> None:
        super().__init__("You are not signed in, or your session has ended. Sign in and try again.")


class SecondFactorRequired(Problem):
    status = 403
    code = "second-factor-required"
    title = "A second factor is needed"

    def __init__(self) -> None:
        super().__init__("Enter the code of your authenticator app, or use your passkey, to go on.")


class ElevationRequired(Problem):
    status = 403
    code = "elevation-required"
    title = "Elevated access is needed"

    def __init__(self) -> None:
        super().__init__("Enter a fresh code of your authenticator app, or use your passkey, to open this.")


class NotPermitted(Problem):
    status = 403
    code = "not-permitted"
    title = "This is not yours to do"

    def __init__(self, who_can: str) -> None:
        super().__init__(f"This can be done by: {who_can}.")


class NotFound(Problem):
    """The same for what is absent, another school's, shielded, out of reach or above the ceiling."""

    status = 404
    code = "not-found"
    title = "There is nothing here for you"

    def __init__(self) -> None:
        super().__init__("It does not exist, or it is not for you to see.")


class WrongMethod(Problem):
    status = 405
    code = "wrong-method"
    title = "That cannot be done here"

    def __init__(self, headers: Mapping[str, str] | None = None) -> None:
        super().__init__("This address does not take that kind of request.", headers=headers)


class Conflict(Problem):
    status = 409
    code = "conflict"
    title = "Somebody saved another version meanwhile"


class TooLarge(Problem):
    status = 413
    code = "too-large"
    title = "That is too much at once"


class WrongContentType(Problem):
    status = 415
    code = "wrong-content-type"
    title = "That is not a form we can read"


class Invalid(Problem):
    status = 422
    code = "invalid"
    title = "Something needs your attention"

    def __init__(self, *errors: FieldError, detail: str = "") -> None:
        super().__init__(detail or "Check what is named below; nothing you typed is lost.", errors=errors)


class TooMany(Problem):
    status = 429
    code = "too-many"
    title = "Too many at once"

    def __init__(self, retry_after: int, detail: str = "") -> None:
        super().__init__(
            detail or f"Wait {retry_after} seconds and try again.", headers={"Retry-After": str(max(1, retry_after))}
        )


class Unavailable(Problem):
    status = 503
    code = "unavailable"
    title = "A part of Heed does not answer"

    def __init__(self, service: str, detail: str) -> None:
        super().__init__(detail, headers={"Retry-After": "5"}, extra={"service": service})
