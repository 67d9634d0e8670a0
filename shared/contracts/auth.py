"""What `auth` publishes: who works where, with which roles. Never a name or an address."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from shared.contracts.events import Event
from shared.contracts.words import Role, TrustRole

TOPIC = "heed.auth.v1"


class SchoolRegistered(Event):
    TYPE: ClassVar[str] = "heed.school.registered.v1"
    TOPIC: ClassVar[str] = TOPIC
    KEY: ClassVar[str] = "school_id"

    school_id: UUID
    trust_id: UUID
    successor_id: UUID | None = None


class StaffState(Event):
    """The whole of what one member of staff may do in the envelope's school; without a school, in the trust."""

    TOPIC: ClassVar[str] = TOPIC
    KEY: ClassVar[str] = "staff_id"

    staff_id: UUID
    roles: list[Role] = []
    trust_roles: list[TrustRole] = []
    class_ids: list[UUID] = []
    away_until: date | None = None
    """The last day of an absence that has begun; none while somebody is there."""
    deputy_id: UUID | None = None
    """Who stands in for them while they are away."""


class StaffAdded(StaffState):
    TYPE: ClassVar[str] = "heed.staff.added.v1"


class StaffChanged(StaffState):
    TYPE: ClassVar[str] = "heed.staff.changed.v1"


class StaffDisabled(Event):
    TYPE: ClassVar[str] = "heed.staff.disabled.v1"
    TOPIC: ClassVar[str] = TOPIC
    KEY: ClassVar[str] = "staff_id"

    staff_id: UUID


class GroupChanged(Event):
    TYPE: ClassVar[str] = "heed.group.changed.v1"
    TOPIC: ClassVar[str] = TOPIC
    KEY: ClassVar[str] = "group_id"

    group_id: UUID
    member_ids: list[UUID]
    active: bool = True


class ShieldChanged(Event):
    """A person is kept from a pupil or from an incident, or no longer is (C12)."""

    TYPE: ClassVar[str] = "heed.shield.changed.v1"
    TOPIC: ClassVar[str] = TOPIC
    KEY: ClassVar[str] = "shield_id"

    shield_id: UUID
    staff_id: UUID
    pupil_id: UUID | None = None
    incident_id: UUID | None = None
    active: bool
