"""A school's own terms change; what was logged under them does not (R129). Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

Former = Mapping[UUID, Sequence[tuple[datetime, str]]]
"""For each term the names it had, with the time at which each ended, the oldest first."""


def name_at(term_id: UUID, name: str, former: Former, at: datetime) -> str:
    """What a term was called at a time; `name` is what it is called today."""
    return next((was for until, was in former.get(term_id, ()) if at < until), name)


def sensitivity_fault(wanted: int, parent: int | None) -> str | None:
    if parent is not None and wanted < parent:
        return "A sub-category may be raised above its category, never lowered beneath it."
    return None
