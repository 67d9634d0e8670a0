"""Raising alerts: rows, a mail each, and one audit row and one `alert.raised` for all, in the caller's transaction."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final, cast
from uuid import UUID

from sqlalchemy import Table, null, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.alerting.domain import State
from services.alerting.domain.escalation import never_waits
from services.alerting.models import Alert, ToldIncident
from services.alerting.queries.choices import choices_of
from services.alerting.queries.webhooks import has_any
from services.alerting.recipients import Told
from services.alerting.service.waiting import Choices, held_rows
from services.alerting.service.webhook_feed import Fact, feed
from shared import audit, mail, outbox
from shared.contracts.alerting import AlertRaised, AlsoTold
from shared.contracts.incident import IncidentFacts
from shared.identity import Staff
from shared.ids import new_id
from shared.mail import MailKind
from shared.rows import Row, write_rows

ACTOR: Final = "alerting"
_ALERT: Final = cast(Table, Alert.__table__)

Alerts = Sequence[tuple[UUID, Told]]


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
    alerts = named(people)
    await write_rows(session, alert_rows(school_id, facts, alerts))
    await announce(session, school_id, facts, alerts, by=by, by_mail=by_mail, mail=mail)
    return [alert_id for alert_id, _ in alerts]


async def announce(
    session: AsyncSession,
    school_id: UUID,
    facts: IncidentFacts,
    alerts: Alerts,
    *,
    by: Staff | None = None,
    by_mail: bool = True,
    mail: MailKind = MailKind.ALERT,
) -> None:
    """Mail, audit and event of alerts that have just been written."""
    choices = choices_of(school_id, [told.staff_id for _, told in alerts]) if by_mail else null()
    version, chosen, webhooks = (
        await session.execute(
            update(ToldIncident)
            .where(ToldIncident.school_id == school_id, ToldIncident.id == facts.incident_id)
            .values(version=ToldIncident.version + 1)
            .returning(ToldIncident.version, choices, has_any(school_id))
            .execution_options(synchronize_session=False)
        )
    ).one()
    kind = mail if by_mail else None
    rows = announcement(school_id, facts, alerts, version=version, by=by, mail_kind=kind, choices=chosen or ())
    await write_rows(session, rows)
    wake_after(session)
    if webhooks:
        await feed(session, school_id, told_outside(facts.incident_id, alerts))


def told_outside(incident_id: UUID, alerts: Alerts) -> list[Fact]:
    """What a school's own systems are told of alerts: each by itself, and not why."""
    about = {"incident_id": incident_id}
    return [("alert.raised", {"alert_id": alert_id, **about, "staff_id": told.staff_id}) for alert_id, told in alerts]


def wake_after(session: AsyncSession) -> None:
    """Relay and sender are woken when this transaction has committed."""
    outbox.wake_after(session)
    mail.wake_after(session)


def named(people: Sequence[Told]) -> Alerts:
    return [(new_id(), person) for person in people]


def alert_rows(school_id: UUID, facts: IncidentFacts, alerts: Alerts) -> list[tuple[Table, Row]]:
    now = datetime.now(UTC)
    return [(_ALERT, _row(alert_id, school_id, facts, told, now)) for alert_id, told in alerts]


def announcement(
    school_id: UUID,
    facts: IncidentFacts,
    alerts: Alerts,
    *,
    version: int,
    by: Staff | None = None,
    mail_kind: MailKind | None = MailKind.ALERT,
    choices: Choices = (),
) -> list[tuple[Table, Row]]:
    """The rows of mails (none without a kind), audit and event. `version` is the incident's after this event.

    `choices`: what people said of their mails, who may be others than these.
    """
    noted = audit.row(
        action="alert:raised",
        school_id=school_id,
        staff=by,
        actor=ACTOR,
        about_kind="incident",
        about_id=facts.incident_id,
        pupil_ids=[pupil.pupil_id for pupil in facts.pupils],
        details={"told": len(alerts)},
    )
    return [
        *(_mails(school_id, facts, alerts, mail_kind, choices) if mail_kind else ()),
        (audit.audit, noted),
        (outbox.outbox, outbox.row(_raised(facts.incident_id, alerts), school_id=school_id, version=version)),
    ]


def _mails(
    school_id: UUID, facts: IncidentFacts, alerts: Alerts, kind: MailKind, choices: Choices
) -> Iterator[tuple[Table, Row]]:
    """A mail each, now or when its person wants it."""
    to = [(told.staff_id, alert_id) for alert_id, told in alerts]
    if kind is not MailKind.ALERT or never_waits(facts):
        choices = ()
    held = held_rows(school_id=school_id, incident_id=facts.incident_id, kind=kind, to=to, choices=choices)
    yield from held.values()
    for staff_id, alert_id in to:
        if staff_id not in held:
            yield mail.mail, mail.row(kind, school_id, staff_id, f"/alerts/{alert_id}")


def _raised(incident_id: UUID, alerts: Alerts) -> AlertRaised:
    (alert_id, first), *others = alerts
    return AlertRaised(
        alert_id=alert_id,
        incident_id=incident_id,
        staff_id=first.staff_id,
        why=list(first.why),
        also=[AlsoTold(alert_id=other, staff_id=told.staff_id, why=list(told.why)) for other, told in others],
    )


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
