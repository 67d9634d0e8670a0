"""Kiosks: devices of a school on which anybody of its staff logs a concern and reads nothing (C15). Pure."""

import secrets
from datetime import timedelta
from typing import Final
from uuid import UUID

KIOSK_IDLE: Final = timedelta(minutes=5)
"""Others walk past: who leaves a kiosk in the middle of a sentence is signed out sooner than elsewhere."""
KIOSK_LIFE: Final = timedelta(hours=1)
_PREFIX: Final = "heed_kiosk_"


def new_kiosk_token(school_id: UUID) -> str:
    """256 random bits, and the school in whose fence the device is to be looked for."""
    return f"{_PREFIX}{school_id.hex}_{secrets.token_urlsafe(32)}"


def school_of_token(token: str) -> UUID | None:
    """None for what is no token of a kiosk at all."""
    try:
        return UUID(hex=token.removeprefix(_PREFIX).partition("_")[0]) if token.startswith(_PREFIX) else None
    except ValueError:
        return None
