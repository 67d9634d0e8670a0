"""What a draft may hold: the form as it was typed, in JSON. Pure."""

import json
import math
from datetime import timedelta
from typing import Any, Final

DRAFT_BYTES: Final = 100_000
DRAFT_DEPTH: Final = 12
DRAFTS_EACH: Final = 50
DRAFTS_KEPT: Final = timedelta(days=14)


def draft_text(content: Any) -> str:
    """The one spelling in which a draft is kept."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def draft_fault(content: Any) -> str | None:
    """What of it cannot be kept."""
    waiting: list[tuple[Any, int]] = [(content, 1)]
    while waiting:
        value, depth = waiting.pop()
        if depth > DRAFT_DEPTH:
            return f"This is nested more than {DRAFT_DEPTH} deep; no form is."
        if isinstance(value, dict):
            waiting += [(key, depth) for key in value] + [(inner, depth + 1) for inner in value.values()]
        elif isinstance(value, list):
            waiting += [(inner, depth + 1) for inner in value]
        elif wrong := _value_fault(value):
            return wrong
    if len(draft_text(content).encode()) > DRAFT_BYTES:
        return "This is more than 100 kB; shorten it, or submit what you have and add to it."
    return None


def _value_fault(value: Any) -> str | None:
    if isinstance(value, float) and not math.isfinite(value):
        return "Contains a number that is none."
    if isinstance(value, str) and "\x00" in value:
        return "Contains a NUL character, which cannot be stored; take it out."
    if isinstance(value, str) and any("\ud800" <= character <= "\udfff" for character in value):
        return "Contains half of a character (a lone surrogate); type it again."
    return None
