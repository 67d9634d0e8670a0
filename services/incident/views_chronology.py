"""From the rows of a chronology to what is shown of them."""

from collections.abc import Sequence
from itertools import pairwise
from uuid import UUID

from services.incident import schemas
from services.incident.domain import difference
from services.incident.following import action_shown
from services.incident.models import Action, IncidentRevision, SignificantEvent
from services.incident.queries.chronology import Placed
from services.incident.queries.incidents import Child
from services.incident.queries.whole_entries import Hanging
from services.incident.service.chronology import ChronologyPage
from services.incident.views import named


def entry(page: ChronologyPage, placed: Placed) -> schemas.Entry:
    hanging = page.hanging
    incident, number = hanging.incidents[placed.incident_id]
    revisions = [one for one in hanging.revisions[incident.id] if one.revision <= placed.revision]
    now = revisions[-1]
    addenda = hanging.addenda.get(incident.id, ())
    shown = schemas.Entry(
        view="whole" if placed.whole else "own",
        id=incident.id,
        number=number,
        author_id=incident.author_id,
        logged_at=incident.logged_at,
        occurred_at=now.occurred_at,
        time_known=now.time_known,
        urgent=incident.urgent,
        part=placed.part,
        narrative=now.narrative,
        first_narrative=revisions[0].narrative,
        categories=named(
            hanging.categories_of(incident.id, placed.revision, page.pupil.id), page.categories, page.former, now.at
        ),
        pupils=[_child(child, hanging.reachable) for child in hanging.children[incident.id, placed.revision]],
        addenda=[
            schemas.AddendumShown.model_validate(addendum, from_attributes=True)
            for addendum in addenda
            if placed.whole or addendum.author_id == incident.author_id
        ],
        new=False,
    )
    if placed.whole:
        _put_what_followed(shown, page, placed, revisions)
    shown.new = _is_new(shown, page)
    return shown


def _put_what_followed(
    shown: schemas.Entry, page: ChronologyPage, placed: Placed, revisions: Sequence[IncidentRevision]
) -> None:
    hanging = page.hanging
    incident, _ = hanging.incidents[placed.incident_id]
    shown.state, shown.sensitivity = incident.state, incident.sensitivity
    shown.corrections = [_correction(before, after) for before, after in pairwise(revisions)]
    shown.actions = [_action(action, hanging) for action in hanging.actions.get(incident.id, ())]
    shown.steps = [
        schemas.StepShown.model_validate(step, from_attributes=True) for step in hanging.steps.get(incident.id, ())
    ]
    event = page.significant.get(incident.id)
    shown.significant = significance(event) if event else None


def significance(event: SignificantEvent) -> schemas.Significance:
    return schemas.Significance.model_validate(event, from_attributes=True)


def _is_new(shown: schemas.Entry, page: ChronologyPage) -> bool:
    if page.looked_before is None:
        return True
    times = [
        shown.logged_at,
        *(one.created_at for one in shown.addenda),
        *(one.created_at for one in shown.actions),
        *(one.at for one in shown.steps),
        *(one.at for one in shown.corrections),
    ]
    return max(times) > page.looked_before


def _correction(before: IncidentRevision, after: IncidentRevision) -> schemas.Correction:
    return schemas.Correction(
        revision=after.revision,
        by_id=after.by_id,
        reason=after.reason,
        at=after.at,
        narrative=[
            schemas.Piece(change=piece.change, text=piece.text)
            for piece in difference(before.narrative, after.narrative)
        ],
    )


def _action(action: Action, hanging: Hanging) -> schemas.ActionShown:
    about = [one for one in hanging.action_pupils.get(action.id, ()) if one in hanging.reachable]
    return action_shown(action, about, hanging.finished.get(action.id))


def _child(child: Child, reachable: frozenset[UUID]) -> schemas.ChildBeside:
    return schemas.ChildBeside(
        pupil_id=child.pupil.id if child.pupil.id in reachable else None,
        name=child.pupil.name,
        part=child.link.part,
        year_group=child.link.year_group,
        class_code=child.link.class_code,
    )
