"""What is owed: who stands in for its owner, and what lies in this week. Pure: times in UTC in, times in UTC out."""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from services.alerting.domain.escalation import LONDON
from services.alerting.recipients import School, there_for
from shared.contracts.incident import IncidentFacts


def stands_in(owner_id: UUID, facts: IncidentFacts, school: School) -> UUID | None:
    """Who does it while its owner is away; nobody while they are there, and nobody for an author.

    Whoever stands in has to read the incident. An author reads nothing of what followed (R28), so nobody does in their
    place: what they owe stays theirs, and goes up the line when its time is up.
    """
    there = there_for((owner_id,), facts, school)
    return next((staff_id for staff_id in there if staff_id != owner_id), None)


def may_be_given(staff_id: UUID, facts: IncidentFacts, school: School) -> bool:
    """Whether this person still works here, or for the trust, and is not shielded from what it is about."""
    about = {facts.incident_id, *(pupil.pupil_id for pupil in facts.pupils)}
    if any(shield.staff_id == staff_id and shield.about_id in about for shield in school.shields):
        return False
    here = any(person.staff_id == staff_id and person.roles for person in school.staff)
    return here or any(person.staff_id == staff_id for person in school.trust_leads)


def week_of(now: datetime) -> tuple[datetime, datetime]:
    """From Monday to Monday by the clock on the school's wall; a week in which clocks change is not 168 hours."""
    today = now.astimezone(LONDON).date()
    monday = today - timedelta(days=today.weekday())
    begins, ends = (
        datetime.combine(day, time(), LONDON).astimezone(UTC) for day in (monday, monday + timedelta(days=7))
    )
    return begins, ends
