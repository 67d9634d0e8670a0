"""The envelope: CloudEvents 1.0 in binary mode, so that the body is the event and nothing but the event."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


class Undecodable(Exception):  # noqa: N818 - a fact about a message, in the words of the field
    """A message that no version of us can have written. It goes to the dead-letter topic at once."""


@dataclass(frozen=True, slots=True)
class Envelope:
    id: UUID
    type: str
    source: str
    time: datetime
    subject: UUID
    school_id: UUID | None
    version: int
    """The aggregate's version: a reader that keeps a copy never lets an older one overwrite a newer one."""
    traceparent: str | None = None


def to_headers(envelope: Envelope) -> list[tuple[str, bytes]]:
    headers = {
        "content-type": "application/json",
        "ce_specversion": "1.0",
        "ce_id": str(envelope.id),
        "ce_type": envelope.type,
        "ce_source": envelope.source,
        "ce_time": envelope.time.isoformat(),
        "ce_subject": str(envelope.subject),
        "ce_heedversion": str(envelope.version),
    }
    if envelope.school_id is not None:
        headers["ce_heedschool"] = str(envelope.school_id)
    if envelope.traceparent is not None:
        headers["traceparent"] = envelope.traceparent
    return [(name, value.encode()) for name, value in headers.items()]


def from_headers(headers: Iterable[tuple[str, bytes]]) -> Envelope:
    """Raises Undecodable naming the kind of fault, never a header's value."""
    found = dict(headers)

    def text(name: str) -> str:
        try:
            return found[name].decode()
        except (KeyError, UnicodeDecodeError) as problem:
            raise Undecodable(f"header {name}: {type(problem).__name__}") from None

    try:
        return Envelope(
            id=UUID(text("ce_id")),
            type=text("ce_type"),
            source=text("ce_source"),
            time=datetime.fromisoformat(text("ce_time")),
            subject=UUID(text("ce_subject")),
            school_id=UUID(text("ce_heedschool")) if "ce_heedschool" in found else None,
            version=int(text("ce_heedversion")),
            traceparent=text("traceparent") if "traceparent" in found else None,
        )
    except ValueError as problem:
        raise Undecodable(f"envelope: {type(problem).__name__}") from None
