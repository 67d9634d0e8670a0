"""The tables of alerting: copies of what auth owns, the school's rules, and who was told of what."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, ForeignKey, ForeignKeyConstraint, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    type_annotation_map = {
        str: Text,
        datetime: DateTime(timezone=True),
        UUID: Uuid,
        list[str]: ARRAY(Text),
        list[UUID]: ARRAY(Uuid),
        dict[str, Any]: JSONB,
    }


class KnownSchool(Base):
    """Every school there is, for those few who look at one after the other. Its id, and whether it has webhooks."""

    __tablename__ = "known_school"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    webhooks: Mapped[bool] = mapped_column(server_default="false")


class TrustStaff(Base):
    __tablename__ = "trust_staff"

    staff_id: Mapped[UUID] = mapped_column(primary_key=True)
    roles: Mapped[list[str]]
    disabled: Mapped[bool]
    version: Mapped[int]


class StaffCopy(Base):
    __tablename__ = "staff_copy"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(primary_key=True)
    roles: Mapped[list[str]]
    class_ids: Mapped[list[UUID]]
    away_until: Mapped[date | None]
    deputy_id: Mapped[UUID | None]
    disabled: Mapped[bool]
    version: Mapped[int]


class GroupCopy(Base):
    __tablename__ = "group_copy"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_ids: Mapped[list[UUID]]
    active: Mapped[bool]
    version: Mapped[int]


class ShieldCopy(Base):
    __tablename__ = "shield_copy"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    shield_id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID]
    pupil_id: Mapped[UUID | None]
    incident_id: Mapped[UUID | None]
    active: Mapped[bool]
    version: Mapped[int]


class RuleSet(Base):
    __tablename__ = "rule_set"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    changed_at: Mapped[datetime]


class AlertRule(Base):
    __tablename__ = "rule"

    school_id: Mapped[UUID] = mapped_column(ForeignKey("rule_set.school_id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int]
    name: Mapped[str]
    category_ids: Mapped[list[UUID]]
    at_least: Mapped[int | None]
    up_to: Mapped[int | None]
    year_groups: Mapped[list[str]]
    parts: Mapped[list[str]]
    roles: Mapped[list[str]]
    group_ids: Mapped[list[UUID]]
    staff_ids: Mapped[list[UUID]]
    class_teachers: Mapped[bool]
    made_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class ToldIncident(Base):
    """What is known here of an incident: ids and routing facts, as the event brought them."""

    __tablename__ = "told_incident"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    author_id: Mapped[UUID]
    logged_at: Mapped[datetime]
    urgent: Mapped[bool]
    sensitivity: Mapped[int]
    pupil_ids: Mapped[list[UUID]]
    facts: Mapped[dict[str, Any]]
    facts_version: Mapped[int]
    version: Mapped[int]
    closed: Mapped[bool]
    status_version: Mapped[int]
    first_read_at: Mapped[datetime | None]
    """When somebody other than the author first read it; it stays when that alert is re-added or withdrawn."""


class Alert(Base):
    __tablename__ = "alert"
    __table_args__ = (
        ForeignKeyConstraint(["school_id", "incident_id"], ["told_incident.school_id", "told_incident.id"]),
    )

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[UUID]
    staff_id: Mapped[UUID]
    why: Mapped[list[str]]
    rule_ids: Mapped[list[UUID]]
    state: Mapped[str]
    urgent: Mapped[bool]
    raised_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class AlertRemark(Base):
    """The reason of a withdrawal, or the note with which somebody was alerted. Never changed."""

    __tablename__ = "alert_remark"
    __table_args__ = (ForeignKeyConstraint(["school_id", "alert_id"], ["alert.school_id", "alert.id"]),)

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    alert_id: Mapped[UUID]
    kind: Mapped[str]
    by_id: Mapped[UUID]
    words: Mapped[str]
    at: Mapped[datetime]


class EscalationSettings(Base):
    """By when incidents must be read, and when the school is open: what it said last, as it said it."""

    __tablename__ = "escalation_settings"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    words: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime]


class ReadingWatch(Base):
    """By when somebody of the line must have read an incident, and who is told next when nobody has."""

    __tablename__ = "reading_watch"
    __table_args__ = (
        ForeignKeyConstraint(["school_id", "incident_id"], ["told_incident.school_id", "told_incident.id"]),
    )

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[UUID] = mapped_column(primary_key=True)
    rung: Mapped[int]
    due_at: Mapped[datetime]
    set_at: Mapped[datetime]
    """By which the time was set; a clock that shows less has been put back since."""
    ended_at: Mapped[datetime | None]


class Escalation(Base):
    """That the next in line was told: once for each rung."""

    __tablename__ = "escalation"
    __table_args__ = (
        ForeignKeyConstraint(["school_id", "incident_id"], ["told_incident.school_id", "told_incident.id"]),
    )

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[UUID] = mapped_column(primary_key=True)
    rung: Mapped[int] = mapped_column(primary_key=True)
    fired_at: Mapped[datetime]
