"""How much waits for somebody: figures alone, so that a page can ask again and again without a child in the answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.alerting.domain import State
from services.alerting.models import Alert, Duty
from services.alerting.queries import duties
from services.alerting.queries.alerts import OPEN, in_state, theirs
from shared.identity import Staff

DUE: Final[tuple[duties.When, ...]] = ("week", "overdue")


@dataclass(frozen=True, slots=True)
class Waiting:
    unread: int
    open: int
    """Not done yet, the unread among them."""
    latest: datetime | None
    """When the newest of the open alerts was raised."""
    duties: int
    due_this_week: int
    overdue: int


async def waiting_for(session: AsyncSession, staff: Staff, now: datetime) -> Waiting:
    """What is in their lists: their own alerts, and what they owe or see to for somebody who is away."""
    alerts = select(func.count().filter(Alert.state == State.UNREAD), func.count(), func.max(Alert.raised_at)).where(
        theirs(staff), in_state(*sorted(OPEN))
    )
    week, late = (func.count().filter(duties.due(when, now)) for when in DUE)
    owed = select(func.count(), week, late).select_from(Duty).where(duties.mine(staff), duties.due("open", now))
    a, d = (await session.execute(alerts)).one(), (await session.execute(owed)).one()
    return Waiting(unread=a[0], open=a[1], latest=a[2], duties=d[0], due_this_week=d[1], overdue=d[2])
