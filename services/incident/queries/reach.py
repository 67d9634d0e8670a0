"""What somebody may read, as a predicate in SQL: `access.md`, "Reading incidents", beside `shared/policy.py`.

Two independent lines: each predicate names the school itself, and row-level security would hold without it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, literal, or_, select, true

from services.incident.models import Incident, IncidentPupil, Pupil, Reader
from shared.contracts.words import DSL_TEAM, Assurance
from shared.identity import Staff
from shared.ids import class_id
from shared.policy import Grant, Reach, reading


@dataclass(frozen=True, slots=True)
class Who:
    """Who reads, and what alerting vouches for in the first instant, before `alert.raised` has arrived here."""

    staff: Staff
    vouched: frozenset[UUID] = frozenset()
    stands_in_for: frozenset[UUID] = frozenset()
    """Actions of people who are away, which are this person's to do meanwhile: by alerting's word alone."""


def in_school(staff: Staff) -> ColumnElement[bool]:
    return Incident.school_id == staff.school_id


def own(staff: Staff) -> ColumnElement[bool]:
    """Their own words, whatever else is refused: a shield does not take them away."""
    return and_(in_school(staff), Incident.author_id == staff.staff_id)


def alerted(who: Who) -> ColumnElement[bool]:
    """Whom an alert names, by what has arrived here or by alerting's own word for it."""
    staff = who.staff
    named = exists().where(
        Reader.school_id == Incident.school_id,
        Reader.incident_id == Incident.id,
        Reader.staff_id == staff.staff_id,
        Reader.withdrawn_at.is_(None),
    )
    return and_(in_school(staff), or_(named, Incident.id.in_(who.vouched)) if who.vouched else named)


def whole(who: Who, *, assurance: Assurance | None = None) -> ColumnElement[bool]:
    """Incidents that may be read whole: every grant of the person's roles, minus their shields.

    `assurance` asks "what if they were this sure", which is how a refusal knows whether elevation would help.
    """
    staff = who.staff
    sure = staff.assurance if assurance is None else assurance
    grants = [grant for grant in reading(staff.roles, staff.trust_roles) if grant.assurance <= sure]
    reached = [_reached(who, grant) for grant in grants if grant.reach is not Reach.OWN]
    if staff.break_glass_pupil is not None and sure >= Assurance.MFA:
        reached.append(_has_child(_behind_glass(staff)))
    return and_(in_school(staff), or_(false(), *reached), not_shielded(staff))


def _reached(who: Who, grant: Grant) -> ColumnElement[bool]:
    if grant.reach is Reach.ALERTED:
        return alerted(who)
    low_enough = Incident.sensitivity <= int(grant.up_to)
    if grant.reach is Reach.SCHOOL:
        # A pupil who left is the DSL team's alone.
        return low_enough if DSL_TEAM & who.staff.roles else and_(low_enough, _has_child(Pupil.left_on.is_(None)))
    if grant.reach is Reach.CLASS:
        classes = [class_id(who.staff.school_id, code) for code in who.staff.classes]
        return and_(low_enough, _has_child(Pupil.left_on.is_(None), Pupil.class_id.in_(classes)))
    return false()


def _behind_glass(staff: Staff) -> ColumnElement[bool]:
    """The one child whom break-glass opens, up to child protection; who left stays the DSL team's alone."""
    this_child = Pupil.id == staff.break_glass_pupil
    return this_child if DSL_TEAM & staff.roles else and_(this_child, Pupil.left_on.is_(None))


def openable_by_glass(staff: Staff) -> ColumnElement[bool]:
    """Whose record this person might open by break-glass: no shield, and of who left only the DSL team's."""
    there = Pupil.id.not_in(staff.shields)
    return there if DSL_TEAM & staff.roles else and_(there, Pupil.left_on.is_(None))


def _has_child(*being: ColumnElement[bool]) -> ColumnElement[bool]:
    """A child linked in the revision that counts now, and where that child is today."""
    return exists(
        select(literal(1))
        .select_from(IncidentPupil)
        .join(Pupil, and_(Pupil.school_id == IncidentPupil.school_id, Pupil.id == IncidentPupil.pupil_id))
        .where(*_in_this_revision(), *being)
    )


def not_shielded(staff: Staff) -> ColumnElement[bool]:
    """A shield from any of the children, or from the incident, takes away everything, whatever the role."""
    if not staff.shields:
        return true()
    about = exists(
        # Any revision: a correction that takes a child out does not lift the shield.
        select(literal(1)).where(
            IncidentPupil.school_id == Incident.school_id,
            IncidentPupil.incident_id == Incident.id,
            IncidentPupil.pupil_id.in_(staff.shields),
        )
    )
    return and_(Incident.id.not_in(staff.shields), ~about)


def _in_this_revision() -> Iterable[ColumnElement[bool]]:
    return (
        IncidentPupil.school_id == Incident.school_id,
        IncidentPupil.incident_id == Incident.id,
        IncidentPupil.revision == Incident.revision,
    )


def without_break_glass(who: Who) -> Who:
    """The same person by their roles and alerts alone: break-glass is for reading."""
    return replace(who, staff=replace(who.staff, break_glass=None, break_glass_pupil=None))


def reachable_pupil(staff: Staff) -> ColumnElement[bool]:
    """Whose record this person could open once elevated; others appear by name without a way to their record."""
    by_role = _reachable_by_role(staff)
    if staff.break_glass_pupil is None:
        return by_role
    return or_(by_role, and_(_behind_glass(staff), Pupil.id.not_in(staff.shields)))


def _reachable_by_role(staff: Staff) -> ColumnElement[bool]:
    if DSL_TEAM & staff.roles:
        return Pupil.id.not_in(staff.shields)
    reaches = {grant.reach for grant in reading(staff.roles)}
    there = and_(Pupil.left_on.is_(None), Pupil.id.not_in(staff.shields))
    if Reach.SCHOOL in reaches:
        return there
    if Reach.CLASS in reaches:
        return and_(there, Pupil.class_id.in_([class_id(staff.school_id, code) for code in staff.classes]))
    return false()
