"""What `alerting` publishes: who was told of which incident, and what became of it."""

from typing import ClassVar
from uuid import UUID

from shared.contracts.events import Event
from shared.contracts.words import Why

TOPIC = "heed.alerting.v1"


class AlertFact(Event):
    TOPIC: ClassVar[str] = TOPIC
    KEY: ClassVar[str] = "incident_id"

    alert_id: UUID
    incident_id: UUID
    staff_id: UUID


class AlertRaised(AlertFact):
    TYPE: ClassVar[str] = "heed.alert.raised.v1"

    why: list[Why]


class AlertRead(AlertFact):
    TYPE: ClassVar[str] = "heed.alert.read.v1"


class AlertAcknowledged(AlertFact):
    TYPE: ClassVar[str] = "heed.alert.acknowledged.v1"


class AlertDone(AlertFact):
    TYPE: ClassVar[str] = "heed.alert.done.v1"


class AlertWithdrawn(AlertFact):
    TYPE: ClassVar[str] = "heed.alert.withdrawn.v1"


class AlertEscalated(Event):
    TYPE: ClassVar[str] = "heed.alert.escalated.v1"
    TOPIC: ClassVar[str] = TOPIC
    KEY: ClassVar[str] = "incident_id"

    alert_id: UUID
    incident_id: UUID
    from_staff_id: UUID
    to_staff_id: UUID
