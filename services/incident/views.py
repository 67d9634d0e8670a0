"""From rows to what is shown: the whole record, or an author's own words, or a line of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.incident import following, schemas
from services.incident.domain import Former, name_at
from services.incident.models import Category, IncidentRevision
from services.incident.queries.circumstances import Beside
from services.incident.queries.incidents import Child, Found, Line
from services.incident.queries.record import Record
from services.incident.service.versions import Since

FIRST_LINE = 120


def shown(found: Found, record: Record, categories: Mapping[UUID, Category]) -> schemas.OwnWords:
    return _whole(found, record, categories) if found.whole else _own(found, record, categories)


def _own(found: Found, record: Record, categories: Mapping[UUID, Category]) -> schemas.OwnWords:
    first = record.revisions[0]
    return schemas.OwnWords(
        id=found.incident.id,
        number=found.number,
        author_id=found.incident.author_id,
        kiosk_id=found.incident.kiosk_id,
        logged_at=found.incident.logged_at,
        urgent=found.incident.urgent,
        **_beside(first, record),
        narrative=first.narrative,
        action_taken=first.action_taken,
        categories=named(record.categories.get(1, ()), categories, record.former, first.at),
        pupils=_children(record, 1),
        addenda=[_addendum(a) for a in record.addenda if a.author_id == found.incident.author_id],
    )


def _whole(found: Found, record: Record, categories: Mapping[UUID, Category]) -> schemas.WholeIncident:
    incident = found.incident
    now = record.revisions[-1]
    return schemas.WholeIncident(
        id=incident.id,
        number=found.number,
        version=incident.version,
        author_id=incident.author_id,
        kiosk_id=incident.kiosk_id,
        logged_at=incident.logged_at,
        urgent=incident.urgent,
        state=incident.state,
        sensitivity=incident.sensitivity,
        revision=incident.revision,
        **_beside(now, record),
        narrative=now.narrative,
        action_taken=now.action_taken,
        categories=named(record.categories.get(incident.revision, ()), categories, record.former, now.at),
        pupils=_children(record, incident.revision),
        revisions=_revisions(record),
        actions=following.actions(record),
        decisions=following.decisions(record),
        consents=following.consents(record),
        addenda=[_addendum(addendum) for addendum in record.addenda],
        steps=[schemas.StepShown.model_validate(step, from_attributes=True) for step in record.steps],
    )


def _revisions(record: Record) -> list[schemas.RevisionShown]:
    """The first words first, then each correction with what it changed."""
    before = [None, *record.revisions[:-1]]
    return [_revision(old, new, record) for old, new in zip(before, record.revisions, strict=True)]


def _revision(before: IncidentRevision | None, revision: IncidentRevision, record: Record) -> schemas.RevisionShown:
    return schemas.RevisionShown(
        revision=revision.revision,
        narrative=revision.narrative,
        action_taken=revision.action_taken,
        by_id=revision.by_id,
        reason=revision.reason,
        at=revision.at,
        changes=following.changes(before, revision) if before else None,
        **_beside(revision, record),
    )


def _beside(revision: IncidentRevision, record: Record) -> dict[str, Any]:
    """The fields of `BesideShown` for one revision."""
    said = record.beside.get(revision.revision, Beside())
    return {
        "occurred_at": revision.occurred_at,
        "time_known": revision.time_known,
        "late_by": revision.late_by,
        "location": _location(revision, record),
        "actions_taken": [
            schemas.ActionTakenShown(text=taken.text, pupil_ids=said.taken_pupils.get(taken.position, []))
            for taken in said.taken
        ],
        "agencies": [
            schemas.AgencyShown(agency_id=one.agency_id, note=one.note, **_called(record, one.agency_id, revision.at))
            for one in said.agencies
        ],
        "sanction": revision.sanction,
        "told_in_person_id": revision.told_in_person_id,
        "marks": [schemas.MarkShown.model_validate(mark, from_attributes=True) for mark in said.marks],
    }


def _location(revision: IncidentRevision, record: Record) -> schemas.LocationShown | None:
    if revision.location_id is None and revision.location_words is None:
        return None
    called = _called(record, revision.location_id, revision.at) if revision.location_id else {}
    return schemas.LocationShown(id=revision.location_id, words=revision.location_words, **called)


def _called(record: Record, entry_id: UUID, at: datetime) -> dict[str, str]:
    """An agency or a place as it was called when it was written down, and as it or what it was merged into is now."""
    entry = record.entries[entry_id]
    today = record.entries[entry.merged_into] if entry.merged_into else entry
    return {"name": name_at(entry_id, entry.name, record.former, at), "name_now": today.name}


def _addendum(addendum: object) -> schemas.AddendumShown:
    return schemas.AddendumShown.model_validate(addendum, from_attributes=True)


def named(
    category_ids: Sequence[UUID], categories: Mapping[UUID, Category], former: Former, at: datetime
) -> list[schemas.CategoryNamed]:
    """Categories as they were called at that time, and as they are called today (R129)."""
    found = []
    for known in _in_order(category_ids, categories):
        above = categories[known.parent_id] if known.parent_id else None
        found.append(
            schemas.CategoryNamed(
                id=known.id,
                name=name_at(known.id, known.name, former, at),
                parent=name_at(above.id, above.name, former, at) if above else None,
                name_now=known.name,
                parent_now=above.name if above else None,
            )
        )
    return found


def _in_order(category_ids: Sequence[UUID], categories: Mapping[UUID, Category]) -> list[Category]:
    return sorted((categories[one] for one in category_ids), key=lambda c: (c.parent_id is not None, c.position))


def _children(record: Record, revision: int) -> list[schemas.ChildInRecord]:
    return [
        schemas.ChildInRecord(
            pupil_id=child.pupil.id,
            name=child.pupil.name,
            part=child.link.part,
            # The class as it was when it was written: that is where it happened.
            year_group=child.link.year_group,
            class_code=child.link.class_code,
            category_ids=list(record.child_categories.get((revision, child.pupil.id), ())),
            reachable=child.pupil.id in record.reachable,
        )
        for child in record.children.get(revision, ())
    ]


def since(since: Since, categories: Mapping[UUID, Category]) -> schemas.ChangedSince:
    """Of the whole incident what came after a version; an action also where it has been done since."""
    record, ids = since.record, since.row_ids
    whole = _whole(since.found, record, categories)
    return schemas.ChangedSince(
        state=whole.state,
        revisions=whole.revisions[len(whole.revisions) - since.corrections :],
        actions=[shown for shown in whole.actions if shown.id in ids],
        addenda=[shown for shown in whole.addenda if shown.id in ids],
        steps=[shown for step, shown in zip(record.steps, whole.steps, strict=True) if step.id in ids],
        decisions=[shown for shown in whole.decisions if shown.id in ids],
        consents=[shown for c, shown in zip(record.decided.consents, whole.consents, strict=True) if c.id in ids],
    )


def summary(
    line: Line, linked: Sequence[Child], category_ids: Sequence[UUID], categories: Mapping[UUID, Category]
) -> schemas.Summary:
    return schemas.Summary(
        id=line.incident.id,
        number=line.number,
        author_id=line.incident.author_id,
        logged_at=line.incident.logged_at,
        occurred_at=line.occurred_at,
        urgent=line.incident.urgent,
        state=line.incident.state,
        pupils=[child.pupil.name for child in linked],
        categories=[category.name for category in _in_order(category_ids, categories)],
        first_line=first_line(line.narrative),
    )


def first_line(narrative: str) -> str:
    words = " ".join(narrative.split())
    return words if len(words) <= FIRST_LINE else words[: FIRST_LINE - 1].rstrip() + "…"
