"""What `alerting` publishes: who was told of which incident, and what became of it."""

from typing import ClassVar
from uuid import UUID

from shared.contracts.events import Event, Fact
from shared.contracts.words import Why

TOPIC = "heed.alerting.v1"


class AlertFact(Event):
    TOPIC: ClassVar[str] = TOPIC
    KEY: ClassVar[str] = "incident_id"

    alert_id: UUID
    incident_id: UUID
    staff_id: UUID


class AlsoTold(Fact):
    alert_id: UUID
    staff_id: UUID
    why: list[Why]


class AlertRaised(AlertFact):
    """Somebody was told of an incident, and in the same moment whoever is named in `also`.

    A reader that does not know `also` yet takes the first alone: bring whoever listens up to date before alerting.
    """

    TYPE: ClassVar[str] = "heed.alert.raised.v1"

    why: list[Why]
    also: list[AlsoTold] = []

    @property
    def told(self) -> list[AlsoTold]:
        """Everybody whom this event is about."""
        return [AlsoTold(alert_id=self.alert_id, staff_id=self.staff_id, why=self.why), *self.also]


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
