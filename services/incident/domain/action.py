"""An action that is still to be done: by whom, and until when. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from services.incident.domain.concern import CLOCKS_DIFFER


@dataclass(frozen=True, slots=True)
class Owed:
    """Whose action it is. An action that nobody owns is what was done already."""

    owner_id: UUID | None = None
    due_at: datetime | None = None
    promise: bool = False
    """A contact that was promised to somebody (R60); with whom is said in the action's words."""


NOT_OWED: Final = Owed()


def owed_faults(owed: Owed, now: datetime) -> Iterator[tuple[str, str]]:
    """Field and sentence for each thing that keeps an action from ever being done in time."""
    if owed.owner_id is None and (owed.promise or owed.due_at):
        yield "owner_id", "Say who is to do it."
    if owed.promise and owed.due_at is None:
        yield "due_at", "Say until when the contact was promised."
    if owed.due_at and owed.due_at < now - CLOCKS_DIFFER:
        yield "due_at", "This lies in the past; enter when it is to be done by."
