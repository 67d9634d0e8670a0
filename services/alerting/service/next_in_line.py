"""Telling the next in line, of what nobody read in time and of what nobody did in time."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.alerting.domain import State
from services.alerting.models import Alert, ToldIncident
from services.alerting.recipients import Told
from services.alerting.service.raising import ACTOR, raise_alerts
from services.alerting.service.webhook_feed import feed_events
from shared import audit
from shared.contracts.alerting import AlertEscalated
from shared.contracts.incident import IncidentFacts
from shared.contracts.words import Why
from shared.mail import MailKind, queue_mails
from shared.outbox import publish_all

UNREAD: Final = frozenset({State.UNREAD})
NOT_WITHDRAWN: Final = frozenset(State) - {State.WITHDRAWN}


async def tell_next(
    session: AsyncSession,
    school_id: UUID,
    facts: IncidentFacts,
    people: Sequence[UUID],
    alerts: Sequence[Alert],
    *,
    from_id: UUID,
    again: Collection[State] = UNREAD,
    mail: MailKind = MailKind.ESCALATION,
) -> None:
    """A new alert, or a mail for one they have in a state of `again`; whose alert was withdrawn is left in peace.

    `alerts` are all there are of the incident, whose row is locked; `from_id`: whose turn it was.
    """
    theirs = {alert.staff_id: alert for alert in alerts}
    new = [Told(staff_id, (Why.ESCALATED,)) for staff_id in people if staff_id not in theirs]
    had = [theirs[i] for i in people if i in theirs and theirs[i].state in again]
    ids = await raise_alerts(session, school_id, facts, new, mail=mail) if new else []
    to = [(told.staff_id, alert_id) for told, alert_id in zip(new, ids, strict=True)]
    to += [(alert.staff_id, alert.id) for alert in had]
    if not to:
        return
    await session.execute(
        update(Alert)
        .where(Alert.school_id == school_id, Alert.id.in_([alert.id for alert in had]))
        .values(why=func.array_append(func.array_remove(Alert.why, Why.ESCALATED.value), Why.ESCALATED.value))
        .execution_options(synchronize_session=False)
    )
    mails = [(alert.staff_id, f"/alerts/{alert.id}") for alert in had]
    await queue_mails(session, kind=mail, school_id=school_id, to=mails)
    await audit.record(
        session,
        action="alert:escalated",
        school_id=school_id,
        staff=None,
        actor=ACTOR,
        about_kind="incident",
        about_id=facts.incident_id,
        pupil_ids=[pupil.pupil_id for pupil in facts.pupils],
        details={"told": len(to)},
    )
    await _publish(session, school_id, facts, from_id, to)


async def _publish(
    session: AsyncSession, school_id: UUID, facts: IncidentFacts, from_id: UUID, to: Sequence[tuple[UUID, UUID]]
) -> None:
    last = await session.scalar(
        update(ToldIncident)
        .where(ToldIncident.school_id == school_id, ToldIncident.id == facts.incident_id)
        .values(version=ToldIncident.version + len(to))
        .returning(ToldIncident.version)
        .execution_options(synchronize_session=False)
    )
    assert last is not None
    events = [
        AlertEscalated(alert_id=alert_id, incident_id=facts.incident_id, from_staff_id=from_id, to_staff_id=staff_id)
        for staff_id, alert_id in to
    ]
    await publish_all(session, list(enumerate(events, last - len(to) + 1)), school_id=school_id)
    await feed_events(session, school_id, events)


async def alerts_of(session: AsyncSession, school_id: UUID, incident_id: UUID) -> Sequence[Alert]:
    query = select(Alert).where(Alert.school_id == school_id, Alert.incident_id == incident_id).order_by(Alert.id)
    return (await session.scalars(query.execution_options(populate_existing=True))).all()


async def database_now(session: AsyncSession) -> datetime:
    """The database's clock: one for all processes, whatever time it is where they run."""
    now: datetime = (await session.execute(text("SELECT clock_timestamp()"))).scalar_one()
    return now
