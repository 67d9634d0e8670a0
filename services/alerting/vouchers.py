"""Alerting's own word that somebody was told of an incident, before `alert.raised` has arrived there."""

from typing import Final
from uuid import UUID

from shared.identity import Signer, Staff

ISSUER: Final = "heed-alerting"
AUDIENCE: Final = "incident"


def vouch(signer: Signer, staff: Staff, incident_id: UUID) -> str:
    """A token of 60 seconds, for the incident service alone. Only for an alert that this person may open now."""
    claims = {"sub": str(staff.staff_id), "school": str(staff.school_id), "incident": str(incident_id)}
    return signer.mint(claims, audience=AUDIENCE)
