"""What was decided about an incident and who consented; and whether anything of it is still to be done."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.models import (
    Action,
    ActionFinished,
    Category,
    Consent,
    Decision,
    DecisionPupil,
    Incident,
    IncidentCategory,
    IncidentPupilCategory,
)


@dataclass(frozen=True, slots=True)
class DecidedOn:
    decisions: Sequence[Decision]
    about: Mapping[UUID, Sequence[UUID]]
    """The children of each decision."""
    consents: Sequence[Consent]


async def decided_on(session: AsyncSession, incident: Incident) -> DecidedOn:
    decisions = await session.scalars(
        select(Decision)
        .where(Decision.school_id == incident.school_id, Decision.incident_id == incident.id)
        .order_by(Decision.at, Decision.id)
    )
    consents = await session.scalars(
        select(Consent)
        .where(Consent.school_id == incident.school_id, Consent.incident_id == incident.id)
        .order_by(Consent.at, Consent.id)
    )
    found = decisions.all()
    return DecidedOn(
        found, await _about(session, incident.school_id, [decision.id for decision in found]), consents.all()
    )


async def _about(session: AsyncSession, school_id: UUID, decision_ids: Sequence[UUID]) -> Mapping[UUID, Sequence[UUID]]:
    rows = await session.execute(
        select(DecisionPupil.decision_id, DecisionPupil.pupil_id).where(
            DecisionPupil.school_id == school_id, DecisionPupil.decision_id.in_(decision_ids)
        )
    )
    made: dict[UUID, list[UUID]] = defaultdict(list)
    for decision_id, pupil_id in rows:
        made[decision_id].append(pupil_id)
    return made


async def open_actions(session: AsyncSession, incident: Incident) -> int:
    """How many of its actions are somebody's to do and not done."""
    done = exists().where(ActionFinished.school_id == Action.school_id, ActionFinished.action_id == Action.id)
    counted = await session.scalar(
        select(func.count())
        .select_from(Action)
        .where(
            Action.school_id == incident.school_id,
            Action.incident_id == incident.id,
            Action.owner_id.is_not(None),
            ~done,
        )
    )
    return counted or 0


async def anything_followed(session: AsyncSession, incident: Incident) -> bool:
    """Whether an action or a decision is on the record."""
    action = exists().where(Action.school_id == incident.school_id, Action.incident_id == incident.id)
    decision = exists().where(Decision.school_id == incident.school_id, Decision.incident_id == incident.id)
    return bool(await session.scalar(select(or_(action, decision))))


async def must_follow_up(session: AsyncSession, incident: Incident) -> bool:
    """Whether one of its categories, for all or for one child, is of those that must be followed up (R20)."""
    chosen = [
        and_(
            table.school_id == incident.school_id,
            table.incident_id == incident.id,
            table.revision == incident.revision,
            table.category_id == Category.id,
        )
        for table in (IncidentCategory, IncidentPupilCategory)
    ]
    marked = select(Category.id).where(
        Category.school_id == incident.school_id,
        Category.must_follow_up.is_(True),
        or_(*(exists().where(one) for one in chosen)),
    )
    return await session.scalar(marked.limit(1)) is not None
