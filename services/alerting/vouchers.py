"""Alerting's own word that somebody was told of an incident, before `alert.raised` has arrived there."""

from typing import Final
from uuid import UUID

from shared.identity import Signer, Staff

ISSUER: Final = "heed-alerting"
AUDIENCE: Final = "incident"


def vouch(signer: Signer, staff: Staff, incident_id: UUID, *, stands_in_for: UUID | None = None) -> str:
    """A token of 60 seconds, for the incident service alone. Only for an alert that this person may open now.

    `stands_in_for`: an action whose owner is away, and which is theirs to do meanwhile.
    """
    claims = {"sub": str(staff.staff_id), "school": str(staff.school_id), "incident": str(incident_id)}
    if stands_in_for is not None:
        claims["action"] = str(stands_in_for)
    return signer.mint(claims, audience=AUDIENCE)
