"""Letters: what a mail looks like, text and HTML, from its kind's templates. Built by fastapi-mail, not sent by it.

A letter says that there is something to read, where, and for which school. Nothing else may come in: the templates are
given nothing else. Written twice for the same mail it is the same to the byte.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.base64mime import body_encode
from email.message import Message
from email.policy import compat32
from email.utils import format_datetime
from pathlib import Path
from typing import Final

from fastapi_mail import ConnectionConfig, FastMail, MessageSchema, MessageType, MultipartSubtypeEnum, NameEmail
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from shared.mail import MailKind
from shared.settings import HouseSettings

FOLDER: Final = Path(__file__).with_name("mails")

_ADDRESS: Final = re.compile(r"""[^\s@<>()\[\]\\,;:"]{1,64}@[^\s@<>()\[\]\\,;:"]{1,253}""")


def deliverable(address: str) -> str | None:
    """An address as mail servers take it; None for what is none, or holds more than one."""
    local, _, domain = address.strip().partition("@")
    try:
        found = f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        return None
    return found if found.isascii() and _ADDRESS.fullmatch(found) else None


LONGEST_IN_A_FORM: Final = 60
MOST_FORMS: Final = 2_000


@dataclass(frozen=True, slots=True)
class _Particulars:
    to: str
    path: str
    message_id: str
    written_at: datetime


_ONE: Final = _Particulars("one@form.invalid", "/one/1", "1" * 32, datetime(2001, 1, 1, 1, 1, 1, tzinfo=UTC))
_OTHER: Final = _Particulars(
    f"{'other' * 8}@form.invalid", f"/other/{'2' * 40}", "2" * 32, datetime(2022, 12, 12, 12, 12, 12, tzinfo=UTC)
)


class Letters:
    def __init__(self, settings: HouseSettings) -> None:
        self._house = settings.public_url.rstrip("/")
        self._domain = settings.mail_from.partition("@")[2] or "heed.example"
        # Unvalidated: a school's own mail server may live at a `.local`, which fastapi-mail refuses; it does not send.
        config = ConnectionConfig.model_construct(MAIL_FROM=settings.mail_from, MAIL_FROM_NAME=settings.mail_from_name)
        self._fastmail = FastMail(config)
        self._templates = Environment(
            loader=FileSystemLoader(FOLDER), autoescape=select_autoescape(["html"]), undefined=StrictUndefined
        )
        self._forms: dict[tuple[MailKind, str], bytes | None] = {}

    async def write(
        self, kind: MailKind, *, to: str, school: str, path: str, message_id: str, written_at: datetime
    ) -> bytes:
        """The whole letter as it goes over the wire. `to` is a deliverable address, `written_at` is in UTC."""
        particulars = _Particulars(to, path, message_id, written_at)
        if len(to) > LONGEST_IN_A_FORM or len(message_id) != len(_ONE.message_id):
            # Where a line of the head is folded depends on how long it is.
            return await self._whole(kind, school, particulars)
        if (kind, school) not in self._forms:
            if len(self._forms) >= MOST_FORMS:
                self._forms.clear()
            self._forms[kind, school] = await self._form(kind, school)
        form = self._forms[kind, school]
        return (
            await self._whole(kind, school, particulars)
            if form is None
            else self._fill(form, kind, school, particulars)
        )

    async def _form(self, kind: MailKind, school: str) -> bytes | None:
        """A letter with gaps: to build one takes fifteen times as long as to fill one in. None where that differs."""
        form = await self._whole(kind, school, _ONE)
        for gap, words in self._words(kind, school, _ONE):
            form = form.replace(words, gap)
        same = self._fill(form, kind, school, _OTHER) == await self._whole(kind, school, _OTHER)
        return form if same else None

    def _fill(self, form: bytes, kind: MailKind, school: str, particulars: "_Particulars") -> bytes:
        for gap, words in self._words(kind, school, particulars):
            form = form.replace(gap, words)
        return form

    def _words(self, kind: MailKind, school: str, particulars: "_Particulars") -> Iterator[tuple[bytes, bytes]]:
        """What differs from letter to letter of a kind and a school, each with the mark of its gap."""
        about = {"link": self._house + particulars.path, "school": school}
        for name in ("body.txt", "body.html"):
            yield b"\0%s\0" % name.encode(), _as_in_a_letter(self._render(kind, name, about))
        yield b"\0to\0", particulars.to.encode()
        yield b"\0id\0", particulars.message_id.encode()
        yield b"\0date\0", format_datetime(particulars.written_at).encode()

    async def _whole(self, kind: MailKind, school: str, particulars: "_Particulars") -> bytes:
        about = {"link": self._house + particulars.path, "school": school}
        schema = MessageSchema(
            recipients=[NameEmail("", particulars.to)],
            subject=self._render(kind, "subject.txt", about),
            body=self._render(kind, "body.txt", about),
            alternative_body=self._render(kind, "body.html", about),
            subtype=MessageType.plain,
            multipart_subtype=MultipartSubtypeEnum.alternative,
            # With an id given, it does not look up this machine's name in the network for one of its own.
            headers={"message-id": ""},
        )
        letter = await self._fastmail.get_message(schema)
        assert isinstance(letter, Message)
        _put_right(letter, particulars.message_id, self._domain, particulars.written_at)
        return letter.as_bytes(policy=compat32.clone(linesep="\r\n"))

    def _render(self, kind: MailKind, name: str, about: dict[str, str]) -> str:
        return self._templates.get_template(f"{kind}/{name}").render(about).strip()


def _as_in_a_letter(text: str) -> bytes:
    return body_encode(text.encode()).strip().replace("\n", "\r\n").encode()


def _put_right(letter: Message, message_id: str, domain: str, written_at: datetime) -> None:
    # fastapi-mail writes a given Message-ID twice, the local time, and an encoding on the parts that only hold others,
    # which the standard forbids (RFC 2045, 6.4). Boundaries would be drawn by lot.
    holders = [part for part in letter.walk() if part.is_multipart()]
    for number, part in enumerate(holders):
        del part["Content-Transfer-Encoding"]
        part.del_param("charset", "Content-Type")
        part.set_boundary(f"=_{message_id}_{number}")
    for name, value in (
        ("Message-ID", f"<{message_id}@{domain}>"),
        ("Date", format_datetime(written_at)),
        # Keeps "I am away" answers from coming back.
        ("Auto-Submitted", "auto-generated"),
    ):
        del letter[name]
        letter[name] = value
