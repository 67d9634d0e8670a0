"""The entries of children's records: each incident in the revision in which this reader may see it.

An incident that may be read whole counts with the words, children and categories of now. One's own that may not counts
as it was first written: whether a correction took a child out or put one in is not its author's to learn (R28).
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from services.incident.models import Incident, IncidentPupil, IncidentRevision
from services.incident.queries.reach import Who, own, whole


def entries(who: Who, pupil_ids: Sequence[UUID]) -> Select[*tuple[Any, ...]]:
    """Columns: pupil_id, incident_id, revision, whole, logged_at, at (when it happened, or else was written), part."""
    all_of_it = whole(who)
    # Under a name of its own: the predicates of `reach` look at every link of an incident, not at this one.
    link = aliased(IncidentPupil)
    return (
        select(
            link.pupil_id,
            Incident.id.label("incident_id"),
            link.revision,
            all_of_it.label("whole"),
            Incident.logged_at,
            func.coalesce(IncidentRevision.occurred_at, Incident.logged_at).label("at"),
            link.part,
        )
        .join(Incident, and_(Incident.school_id == link.school_id, Incident.id == link.incident_id))
        .join(
            IncidentRevision,
            and_(
                IncidentRevision.school_id == link.school_id,
                IncidentRevision.incident_id == link.incident_id,
                IncidentRevision.revision == link.revision,
            ),
        )
        .where(
            link.school_id == who.staff.school_id,
            link.pupil_id.in_(pupil_ids),
            or_(
                and_(all_of_it, link.revision == Incident.revision),
                and_(own(who.staff), ~all_of_it, link.revision == 1),
            ),
        )
    )
