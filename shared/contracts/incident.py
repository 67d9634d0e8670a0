"""What `incident` publishes: the roll as ids, and the facts by which an incident finds its readers."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.events import Event, Fact
from shared.contracts.words import Part, Sensitivity

TOPIC = "heed.incident.v1"
ROLL_TOPIC = "heed.roll.v1"

YearGroup = Annotated[str, Field(max_length=3)]
"""N1, R, 1 to 14: too short for anything else."""


class PupilPlace(Event):
    """Where a pupil is on the roll: enough to find the class teacher, nothing to know the child by."""

    TOPIC: ClassVar[str] = ROLL_TOPIC
    KEY: ClassVar[str] = "pupil_id"

    pupil_id: UUID
    year_group: YearGroup
    class_id: UUID | None = None


class PupilEnrolled(PupilPlace):
    TYPE: ClassVar[str] = "heed.pupil.enrolled.v1"


class PupilChanged(PupilPlace):
    TYPE: ClassVar[str] = "heed.pupil.changed.v1"


class PupilLeft(Event):
    TYPE: ClassVar[str] = "heed.pupil.left.v1"
    TOPIC: ClassVar[str] = ROLL_TOPIC
    KEY: ClassVar[str] = "pupil_id"

    pupil_id: UUID


class LinkedPupil(Fact):
    pupil_id: UUID
    part: Part
    category_ids: list[UUID]
    parent_category_ids: list[UUID] = []
    class_id: UUID | None = None
    year_group: YearGroup | None = None


class IncidentFacts(Event):
    TOPIC: ClassVar[str] = TOPIC
    KEY: ClassVar[str] = "incident_id"

    incident_id: UUID
    author_id: UUID
    logged_at: datetime
    urgent: bool = False
    sensitivity: Sensitivity
    category_ids: list[UUID]
    parent_category_ids: list[UUID] = []
    """The categories whose sub-categories those are, so that a rule on a category covers what lies under it."""
    pupils: list[LinkedPupil]
    extra_staff_ids: list[UUID] = []
    extra_group_ids: list[UUID] = []


class IncidentLogged(IncidentFacts):
    TYPE: ClassVar[str] = "heed.incident.logged.v1"


class IncidentCorrected(IncidentFacts):
    TYPE: ClassVar[str] = "heed.incident.corrected.v1"


class IncidentWeighed(Event):
    """Its categories are more or less sensitive from now on; the incident itself was not changed, nor its version."""

    TYPE: ClassVar[str] = "heed.incident.weighed.v1"
    TOPIC: ClassVar[str] = TOPIC
    KEY: ClassVar[str] = "incident_id"

    incident_id: UUID
    sensitivity: Sensitivity


class CategoryWeighed(Event):
    """Others read what is filed under a category from now on: somebody made it more or less sensitive."""

    TYPE: ClassVar[str] = "heed.category.weighed.v1"
    TOPIC: ClassVar[str] = TOPIC
    KEY: ClassVar[str] = "category_id"

    category_id: UUID
    sensitivity: Sensitivity
    by_id: UUID


class IncidentClosed(Event):
    TYPE: ClassVar[str] = "heed.incident.closed.v1"
    TOPIC: ClassVar[str] = TOPIC
    KEY: ClassVar[str] = "incident_id"

    incident_id: UUID
    by_id: UUID


class IncidentReopened(Event):
    TYPE: ClassVar[str] = "heed.incident.reopened.v1"
    TOPIC: ClassVar[str] = TOPIC
    KEY: ClassVar[str] = "incident_id"

    incident_id: UUID
    by_id: UUID


class ActionAdded(Event):
    TYPE: ClassVar[str] = "heed.action.added.v1"
    TOPIC: ClassVar[str] = TOPIC
    KEY: ClassVar[str] = "incident_id"

    incident_id: UUID
    action_id: UUID
    author_id: UUID
    pupil_ids: list[UUID]
    tell_author: bool = False
    owner_id: UUID | None = None
    """Who is to do it; nobody for what was done already."""
    due_at: datetime | None = None
    promise: bool = False
    """A contact that was promised to somebody (R60): it is kept track of like a duty."""


class ActionDone(Event):
    TYPE: ClassVar[str] = "heed.action.done.v1"
    TOPIC: ClassVar[str] = TOPIC
    KEY: ClassVar[str] = "incident_id"

    incident_id: UUID
    action_id: UUID
    by_id: UUID
