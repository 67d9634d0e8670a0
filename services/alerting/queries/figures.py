"""How it stands in one school, in four numbers: of no child and of no person, for who in the trust sees figures."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.alerting.domain import State
from services.alerting.domain.duties import week_of
from services.alerting.domain.escalation import Rung
from services.alerting.models import Alert, Duty, ReadingWatch
from services.alerting.queries.alerts import in_state


@dataclass(frozen=True, slots=True)
class Figures:
    unread: int
    """Alerts that nobody has read who was told by them."""
    actions_due: int
    """Due by the end of this week or late already, and not done."""
    duties_due: int
    """The same of what was promised to somebody."""
    over_time: int
    """Incidents that nobody of the line has read in their time, and what is late of actions and duties."""


async def figures_of(session: AsyncSession, school_id: UUID, now: datetime) -> Figures:
    unread = select(func.count()).where(Alert.school_id == school_id, in_state(State.UNREAD))
    _, week_ends = week_of(now)
    due = Duty.due_at < week_ends
    owed = select(
        func.count().filter(due, not_(Duty.promise)),
        func.count().filter(due, Duty.promise),
        func.count().filter(Duty.due_at < now),
    ).where(Duty.school_id == school_id, Duty.done_at.is_(None))
    # Once the next in line was told, the time that runs is theirs: the first one is over all the same.
    late = select(func.count()).where(
        ReadingWatch.school_id == school_id,
        ReadingWatch.ended_at.is_(None),
        or_(ReadingWatch.due_at < now, ReadingWatch.rung > int(Rung.DEPUTY)),
    )
    actions, duties, overdue = (await session.execute(owed)).one()
    return Figures(
        unread=await session.scalar(unread) or 0,
        actions_due=actions,
        duties_due=duties,
        over_time=overdue + (await session.scalar(late) or 0),
    )
