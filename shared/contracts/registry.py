"""Every event there is, and the only two functions that turn events into bytes and back."""

from collections.abc import Iterable
from types import MappingProxyType
from typing import Final

from pydantic import ValidationError

from shared.contracts import alerting, auth, incident
from shared.contracts.envelope import Envelope, Undecodable, from_headers
from shared.contracts.events import LENIENT, Event

EVENTS: Final[tuple[type[Event], ...]] = (
    auth.SchoolRegistered,
    auth.StaffAdded,
    auth.StaffChanged,
    auth.StaffDisabled,
    auth.GroupChanged,
    auth.ShieldChanged,
    incident.PupilEnrolled,
    incident.PupilChanged,
    incident.PupilLeft,
    incident.IncidentLogged,
    incident.IncidentCorrected,
    incident.IncidentWeighed,
    incident.CategoryWeighed,
    incident.IncidentClosed,
    incident.IncidentReopened,
    incident.ActionAdded,
    incident.ActionDone,
    alerting.AlertRaised,
    alerting.AlertRead,
    alerting.AlertAcknowledged,
    alerting.AlertDone,
    alerting.AlertWithdrawn,
    alerting.AlertEscalated,
)

TOPICS: Final = MappingProxyType({auth.TOPIC: 3, incident.ROLL_TOPIC: 3, incident.TOPIC: 12, alerting.TOPIC: 12})
"""Topic to number of partitions. More partitions are more consumers side by side; the number never shrinks."""

BY_TYPE: Final = MappingProxyType({event.TYPE: event for event in EVENTS})


class UnknownType(Exception):  # noqa: N818 - a fact about a message
    """An event that a newer producer publishes and this consumer does not know yet: skipped, not dead."""


def encode(event: Event) -> bytes:
    return event.model_dump_json().encode()


def decode(headers: Iterable[tuple[str, bytes]], value: bytes) -> tuple[Envelope, Event]:
    """Raises Undecodable for what nobody can read, UnknownType for what a later version may."""
    envelope = from_headers(headers)
    model = BY_TYPE.get(envelope.type)
    if model is None:
        raise UnknownType(envelope.type)
    try:
        return envelope, model.model_validate_json(value, context=LENIENT)
    except ValidationError as problem:
        # Field names only: the values may be anything.
        fields = sorted({".".join(str(step) for step in error["loc"]) for error in problem.errors()})
        raise Undecodable(f"{envelope.type}: {', '.join(fields) or 'not an object'}") from None
