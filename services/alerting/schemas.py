"""What alerting takes and gives."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from services.alerting.recipients import Rule
from shared.contracts.incident import IncidentLogged, LinkedPupil
from shared.contracts.words import Part, Role, Sensitivity
from shared.ids import class_id, new_id
from shared.schemas import Body, Text

if TYPE_CHECKING:
    Name = str
    ClassCode = str
    YearGroup = str
    Words = str
else:
    Name = Text(200)
    ClassCode = Text(60)
    YearGroup = Text(3)
    Words = Text(1000)

Ids = Annotated[list[UUID], Field(max_length=50)]
Level = Literal[1, 2, 3]
"""How sensitive: 1 ordinary, 2 sensitive, 3 child protection."""


class NewRule(Body):
    """Which incidents (every condition must hold; an empty one does) and who is told of them."""

    id: UUID | None = None
    name: Name
    category_ids: Ids = []
    at_least: Level | None = None
    up_to: Level | None = None
    year_groups: Annotated[list[YearGroup], Field(max_length=20)] = []
    parts: Annotated[list[Part], Field(max_length=10)] = []
    roles: Annotated[list[Role], Field(max_length=10)] = []
    group_ids: Ids = []
    staff_ids: Ids = []
    class_teachers: bool = False

    @model_validator(mode="after")
    def _says_something(self) -> "NewRule":
        if Role.UNKNOWN in self.roles:
            raise ValueError("Choose roles of the school.")
        if Part.UNKNOWN in self.parts:
            raise ValueError("Choose parts a child may have.")
        if not (self.roles or self.group_ids or self.staff_ids or self.class_teachers):
            raise ValueError("Say who is told: roles, groups, people or class teachers.")
        if self.at_least and self.up_to and self.at_least > self.up_to:
            raise ValueError("This rule fits no concern: at_least is above up_to.")
        return self

    def rule(self) -> Rule:
        return Rule(
            rule_id=self.id or new_id(),
            name=self.name,
            category_ids=frozenset(self.category_ids),
            at_least=Sensitivity(self.at_least) if self.at_least else None,
            up_to=Sensitivity(self.up_to) if self.up_to else None,
            year_groups=frozenset(self.year_groups),
            parts=frozenset(self.parts),
            roles=frozenset(self.roles),
            group_ids=frozenset(self.group_ids),
            staff_ids=frozenset(self.staff_ids),
            class_teachers=self.class_teachers,
        )


class NewRules(Body):
    rules: Annotated[list[NewRule], Field(max_length=200)]


class Further(Body):
    """Who is to be told of an incident as well."""

    incident_id: UUID
    staff_ids: Ids = []
    group_ids: Ids = []
    note: Words | None = None

    @model_validator(mode="after")
    def _names_somebody(self) -> "Further":
        if not (self.staff_ids or self.group_ids):
            raise ValueError("Name whom to tell.")
        return self


class Withdrawal(Body):
    reason: Words


class TriedPupil(Body):
    part: Part = Part.SUBJECT
    category_ids: Ids = []
    parent_category_ids: Ids = []
    class_id: UUID | None = None
    class_code: ClassCode | None = None
    year_group: YearGroup | None = None
    pupil_id: UUID | None = None


class Foreseen(Body):
    """A concern as it is being written: what the incident service knows of it, and whom the writer ticked."""

    category_ids: Ids = []
    parent_category_ids: Ids = []
    sensitivity: Level | None = None
    pupils: Annotated[list[LinkedPupil], Field(max_length=50)] = []
    urgent: bool = False
    extra_staff_ids: Ids = []
    extra_group_ids: Ids = []

    def facts(self, author_id: UUID, at: datetime) -> IncidentLogged:
        return IncidentLogged(
            **self.model_dump(exclude={"sensitivity", "pupils"}),
            incident_id=new_id(),
            author_id=author_id,
            logged_at=at,
            pupils=self.pupils,
            sensitivity=Sensitivity(self.sensitivity or Sensitivity.ORDINARY),
        )


class Trial(Body):
    """An incident as it might be logged, without a word of what happened."""

    author_id: UUID | None = None
    category_ids: Annotated[Ids, Field(min_length=1)]
    parent_category_ids: Ids = []
    sensitivity: Level | None = None
    pupils: Annotated[list[TriedPupil], Field(max_length=50)] = []
    urgent: bool = False
    extra_staff_ids: Ids = []
    extra_group_ids: Ids = []

    def facts(self, school_id: UUID, at: datetime) -> IncidentLogged:
        return IncidentLogged(
            incident_id=new_id(),
            author_id=self.author_id or new_id(),
            logged_at=at,
            urgent=self.urgent,
            sensitivity=Sensitivity(self.sensitivity or Sensitivity.ORDINARY),
            category_ids=[*self.category_ids],
            parent_category_ids=self.parent_category_ids,
            pupils=[_linked(pupil, school_id) for pupil in self.pupils],
            extra_staff_ids=self.extra_staff_ids,
            extra_group_ids=self.extra_group_ids,
        )


def _linked(pupil: TriedPupil, school_id: UUID) -> LinkedPupil:
    of_code = class_id(school_id, pupil.class_code) if pupil.class_code else None
    return LinkedPupil(
        pupil_id=pupil.pupil_id or new_id(),
        part=pupil.part,
        category_ids=pupil.category_ids,
        parent_category_ids=pupil.parent_category_ids,
        class_id=pupil.class_id or of_code,
        year_group=pupil.year_group,
    )


# -------------------------------------------------------------------------------------------------------- answers
class AlertShown(BaseModel):
    id: UUID
    school_id: UUID
    incident_id: UUID
    state: str
    why: list[str]
    urgent: bool
    raised_at: datetime
    read_at: datetime | None
    acknowledged_at: datetime | None
    done_at: datetime | None
    voucher: str
    """For the incident service, good for 60 seconds: this person was told of this incident."""


class RemarkShown(BaseModel):
    by_id: UUID
    at: datetime
    words: str


class OpenedAlertShown(AlertShown):
    notes: list[RemarkShown]
    """With which the person was alerted, the oldest first."""


class AlertedShown(BaseModel):
    """Somebody who was alerted, for the DSL team."""

    id: UUID
    staff_id: UUID
    why: list[str]
    state: str
    raised_at: datetime
    read_at: datetime | None
    acknowledged_at: datetime | None
    done_at: datetime | None
    withdrawn_at: datetime | None
    withdrawals: list[RemarkShown]


class WhoWasAlerted(BaseModel):
    incident_id: UUID
    alerted: list[AlertedShown]


class AlertsShown(BaseModel):
    alerts: list[AlertShown]
    next: str | None


class NextShown(BaseModel):
    alert: AlertShown | None


class WaitingShown(BaseModel):
    unread: int
    open: int
    latest: datetime | None
    duties: int
    due_this_week: int
    overdue: int


class DeskShown(BaseModel):
    unread: AlertsShown
    read: AlertsShown
    waiting: WaitingShown


class AlertState(BaseModel):
    id: UUID
    state: str
    read_at: datetime | None
    acknowledged_at: datetime | None
    done_at: datetime | None


class Incidents(Body):
    incident_ids: Annotated[list[UUID], Field(min_length=1, max_length=100)]


class ToldShown(BaseModel):
    incident_id: UUID
    told: int
    first_read_at: datetime | None


class WhoAnswersShown(ToldShown):
    first_told_id: UUID | None


class FollowedShown(ToldShown):
    """For its author: also when the next in line is told, and how much was added for them to read."""

    escalates_at: datetime | None
    added: int
    unseen: int


class FollowedAll(BaseModel):
    incidents: list[FollowedShown]


class NoticeShown(BaseModel):
    id: UUID
    incident_id: UUID
    made_at: datetime
    seen_at: datetime | None


class NoticesShown(BaseModel):
    notices: list[NoticeShown]
    next: UUID | None


class RuleShown(BaseModel):
    id: UUID
    name: str
    category_ids: list[UUID]
    at_least: int | None
    up_to: int | None
    year_groups: list[str]
    parts: list[str]
    roles: list[str]
    group_ids: list[UUID]
    staff_ids: list[UUID]
    class_teachers: bool


class RulesShown(BaseModel):
    version: int
    rules: list[RuleShown]


class ForeseenShown(BaseModel):
    """Nothing of the rules, and nobody who is left out."""

    staff_id: UUID
    why: list[str]


class AllForeseen(BaseModel):
    told: list[ForeseenShown]


class WouldBeToldShown(BaseModel):
    staff_id: UUID
    why: list[str]
    rules: list[str]
    instead_of: list[UUID]
    """Who is away, and for whom they are told."""


class Tried(BaseModel):
    told: list[WouldBeToldShown]
