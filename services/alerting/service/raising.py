"""Raising alerts: rows, a mail each and `alert.raised` each, and one audit row for all, in the caller's transaction."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import insert, null, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.alerting.domain import State
from services.alerting.domain.escalation import never_waits
from services.alerting.models import Alert, ToldIncident
from services.alerting.queries.choices import choices_of
from services.alerting.queries.webhooks import has_any
from services.alerting.recipients import Told
from services.alerting.service.waiting import hold
from services.alerting.service.webhook_feed import feed_events
from shared import audit
from shared.contracts.alerting import AlertRaised
from shared.contracts.incident import IncidentFacts
from shared.identity import Staff
from shared.ids import new_id
from shared.mail import MailKind, queue_mails
from shared.outbox import publish_all

ACTOR: Final = "alerting"


async def raise_alerts(
    session: AsyncSession,
    school_id: UUID,
    facts: IncidentFacts,
    people: Sequence[Told],
    *,
    by: Staff | None = None,
    by_mail: bool = True,
    mail: MailKind = MailKind.ALERT,
) -> list[UUID]:
    """An alert for each of these people, who have none; their ids. The incident's row must be locked.

    `by`: who had them told.
    """
    now = datetime.now(UTC)
    alerts = [(new_id(), person) for person in people]
    await session.execute(insert(Alert), [_row(alert_id, school_id, facts, told, now) for alert_id, told in alerts])
    await announce(session, school_id, facts, alerts, by=by, by_mail=by_mail, mail=mail)
    return [alert_id for alert_id, _ in alerts]


async def announce(
    session: AsyncSession,
    school_id: UUID,
    facts: IncidentFacts,
    alerts: Sequence[tuple[UUID, Told]],
    *,
    by: Staff | None = None,
    by_mail: bool = True,
    mail: MailKind = MailKind.ALERT,
) -> None:
    """Mail, audit and events of alerts that have just been written."""
    may_wait = by_mail and mail is MailKind.ALERT and not never_waits(facts)
    choices = choices_of(school_id, [told.staff_id for _, told in alerts]) if may_wait else null()
    last, chosen, webhooks = (
        await session.execute(
            update(ToldIncident)
            .where(ToldIncident.school_id == school_id, ToldIncident.id == facts.incident_id)
            .values(version=ToldIncident.version + len(alerts))
            .returning(ToldIncident.version, choices, has_any(school_id))
            .execution_options(synchronize_session=False)
        )
    ).one()
    to = [(told.staff_id, alert_id) for alert_id, told in alerts if by_mail]
    held = await hold(session, school_id=school_id, incident_id=facts.incident_id, kind=mail, to=to, choices=chosen)
    await queue_mails(
        session,
        kind=mail,
        school_id=school_id,
        to=[(staff_id, f"/alerts/{alert_id}") for staff_id, alert_id in to if staff_id not in held],
    )
    await audit.record(
        session,
        action="alert:raised",
        school_id=school_id,
        staff=by,
        actor=ACTOR,
        about_kind="incident",
        about_id=facts.incident_id,
        pupil_ids=[pupil.pupil_id for pupil in facts.pupils],
        details={"told": len(alerts)},
    )
    raised = [
        AlertRaised(alert_id=alert_id, incident_id=facts.incident_id, staff_id=told.staff_id, why=list(told.why))
        for alert_id, told in alerts
    ]
    first = last - len(alerts) + 1
    await publish_all(session, list(enumerate(raised, first)), school_id=school_id)
    if webhooks:
        await feed_events(session, school_id, raised)


def _row(alert_id: UUID, school_id: UUID, facts: IncidentFacts, told: Told, now: datetime) -> dict[str, object]:
    return {
        "school_id": school_id,
        "id": alert_id,
        "incident_id": facts.incident_id,
        "staff_id": told.staff_id,
        "why": [word.value for word in told.why],
        "rule_ids": list(told.rule_ids),
        "state": State.UNREAD.value,
        "urgent": facts.urgent,
        "raised_at": now,
    }
