"""What the invented staff did with their alerts: what is older than two days has been read, most of it is done."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from deploy.demo.records import Logged, closing_time
from services.alerting import service
from services.alerting.domain import Step
from services.alerting.queries.alerts import UNREAD, waiting
from services.alerting.recipients import Rule
from shared.db import Database, Scope
from shared.identity import Staff

OLD: Final = timedelta(days=2)
MOST: Final = 500


async def set_rules(db: Database, lead: Staff, rules: tuple[Rule, ...]) -> None:
    async with db.begin(Scope(lead.school_id, lead.staff_id)) as session:
        await service.replace_rules(session, acting_staff=lead, rules=rules)


async def work_through(db: Database, staff: Staff, done_with: Mapping[UUID, Step]) -> None:
    """One person's alerts, from the first to the last, in one sitting."""
    async with db.begin(Scope(staff.school_id, staff.staff_id)) as session:
        for alert in await waiting(session, staff, UNREAD, limit=MOST):
            step = done_with.get(alert.incident_id)
            if step is not None:
                await service.take_step(session, acting_staff=staff, alert_id=alert.id, step=step)


def dealt_with(logged: Iterable[Logged], now: datetime) -> dict[UUID, Step]:
    """How far the alerts of each incident are by now: what nobody has done anything about yet is only read."""
    steps = {}
    for one in logged:
        if one.incident.logged_at < now - OLD:
            acted = any(action.at <= now for action in one.incident.actions)
            closed = (closed_at := closing_time(one.incident)) is not None and closed_at <= now
            steps[one.id] = Step.DONE if acted or closed else Step.READ
    return steps
