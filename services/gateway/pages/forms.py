"""What somebody typed, what is wrong with it, and that none of it is lost."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from fastapi import Request
from starlette.datastructures import FormData, UploadFile

from shared.errors import FieldError, Problem

# Fields of the frame's own; what is left is what the person typed.
CSRF, OWNER, HELD, CODE = "csrf", "owner", "held", "elevation_code"
OF_THE_FRAME = frozenset({CSRF, OWNER, HELD, CODE})
MOST_FIELDS = 1_000

To = Callable[[str], str]


@dataclass
class Form:
    """A form as it was sent, or as it is shown first. Fields may come several times, as check boxes do."""

    fields: list[tuple[str, str]] = field(default_factory=list)
    files: dict[str, UploadFile] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    """What is wrong, by the name of the field it stands beside; in the order in which it is listed on top."""

    @classmethod
    def of(cls, values: Mapping[str, str | Iterable[str] | None]) -> "Form":
        """A form to begin with, filled in."""
        made = cls()
        for name, value in values.items():
            if isinstance(value, str):
                made.fields.append((name, value))
            elif value is not None:
                made.fields += [(name, one) for one in value]
        return made

    def text(self, name: str, default: str = "") -> str:
        """The field as it was typed, its line ends as one character, without the white space around it."""
        return self.raw(name, default).strip()

    def raw(self, name: str, default: str = "") -> str:
        """As `text`, with the white space: what was typed is evidence. Browsers send line ends as two characters."""
        found = next((value for given, value in self.fields if given == name), default)
        return found.replace("\r\n", "\n").replace("\r", "\n")

    def all(self, name: str) -> list[str]:
        return [value for given, value in self.fields if given == name]

    def has(self, name: str) -> bool:
        return any(given == name for given, _ in self.fields)

    def wrong(self, name: str, words: str) -> None:
        self.errors.setdefault(name, words)

    def take(self, problem: Problem, to: To | Mapping[str, str] | None = None) -> None:
        """The API's refusal beside the fields it is about; `to` says which field of the page a path is."""
        for error in problem.errors or (FieldError("", problem.detail or problem.title),):
            self.wrong(_named(error.path, to), error.message)

    @property
    def typed(self) -> list[tuple[str, str]]:
        return [(name, value) for name, value in self.fields if name not in OF_THE_FRAME]


def _named(path: str, to: To | Mapping[str, str] | None) -> str:
    if to is None:
        return path
    return to(path) if callable(to) else to.get(path, path)


async def read(request: Request) -> Form:
    """The form that was sent; an empty one for a body that is no form."""
    kind = request.headers.get("content-type", "")
    if not kind.startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
        return Form()
    given: FormData = await request.form(max_fields=MOST_FIELDS)
    form = Form()
    for name, value in given.multi_items():
        if isinstance(value, UploadFile):
            form.files[name] = value
        else:
            form.fields.append((name, value))
    return form
