"""From rows to what is shown of what followed an incident."""

from collections.abc import Sequence
from uuid import UUID

from services.incident import schemas
from services.incident.models import Action, ActionFinished, Pupil
from services.incident.queries.owed_actions import OwedAction
from services.incident.queries.record import Record


def actions(record: Record) -> list[schemas.ActionShown]:
    return [
        action_shown(action, record.action_pupils.get(action.id, ()), record.finished.get(action.id))
        for action in record.actions
    ]


def action_shown(action: Action, about: Sequence[UUID], done: ActionFinished | None) -> schemas.ActionShown:
    return schemas.ActionShown(
        id=action.id,
        author_id=action.author_id,
        text=action.text,
        pupil_ids=list(about),
        created_at=action.created_at,
        tell_author=action.tell_author,
        owner_id=action.owner_id,
        due_at=action.due_at,
        promise=action.promise,
        done=schemas.DoneShown.model_validate(done, from_attributes=True) if done else None,
    )


def action_line(line: OwedAction, about: Sequence[Pupil]) -> schemas.ActionLine:
    action = line.action
    return schemas.ActionLine(
        id=action.id,
        incident_id=action.incident_id,
        number=line.number,
        author_id=action.author_id,
        text=action.text,
        pupils=[pupil.name for pupil in about],
        created_at=action.created_at,
        owner_id=action.owner_id,
        due_at=action.due_at,
        promise=action.promise,
        done_at=line.done_at,
    )
