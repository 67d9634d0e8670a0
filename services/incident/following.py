"""From rows to what is shown of what followed an incident."""

from collections.abc import Sequence
from uuid import UUID

from services.incident import schemas
from services.incident.domain import difference, newest_by_child
from services.incident.models import Action, ActionFinished, IncidentRevision, Pupil
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


def decisions(record: Record) -> list[schemas.DecisionShown]:
    return [
        schemas.DecisionShown(
            id=one.id,
            by_id=one.by_id,
            at=one.at,
            kind=one.kind,
            what=one.what,
            alternatives=one.alternatives,
            reason=one.reason,
            body=one.body,
            reference=one.reference,
            pupil_ids=list(record.decided.about.get(one.id, ())),
        )
        for one in record.decided.decisions
    ]


def consents(record: Record) -> list[schemas.ConsentShown]:
    """Every answer in the order of writing, and of each child which one counts."""
    answers = record.decided.consents
    counting = newest_by_child((one.pupil_id, one.id) for one in answers)
    return [
        schemas.ConsentShown(
            pupil_id=one.pupil_id,
            answer=one.answer,
            ground=one.ground,
            of_whom=one.of_whom,
            asked_by_id=one.asked_by_id,
            asked_at=one.asked_at,
            note=one.note,
            by_id=one.by_id,
            at=one.at,
            counts=one.id in counting,
        )
        for one in answers
    ]


def changes(before: IncidentRevision, after: IncidentRevision) -> schemas.ChangesShown:
    """What a correction changed in the words, as data."""
    return schemas.ChangesShown(
        narrative=_pieces(before.narrative, after.narrative),
        action_taken=_pieces(before.action_taken or "", after.action_taken or ""),
    )


def _pieces(before: str, after: str) -> list[schemas.Piece]:
    return [schemas.Piece(change=piece.change, text=piece.text) for piece in difference(before, after)]
