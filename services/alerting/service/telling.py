"""Telling who must know: alert rows, a mail each and `alert.raised` each, in the transaction that takes the event."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.alerting.domain import State
from services.alerting.models import Alert, ToldIncident
from services.alerting.queries.school import known_of
from services.alerting.recipients import Told, nobody_in_line, recipients
from shared import audit
from shared.bus.failures import NotYet
from shared.contracts.alerting import AlertRaised
from shared.contracts.events import LENIENT
from shared.contracts.incident import IncidentFacts, IncidentLogged
from shared.ids import new_id
from shared.mail import MailKind, queue_mails
from shared.outbox import publish_all
from shared.telemetry import NOBODY_TO_TELL

ACTOR: Final = "alerting"


class NobodyToTell(NotYet):
    """Nobody who answers for a school's safeguarding is known here: the incident waits, and an operator sees it."""

    def __init__(self) -> None:
        super().__init__("no head and no DSL of this school is known yet")


async def tell(
    session: AsyncSession, *, school_id: UUID, facts: IncidentFacts, version: int, by_mail: bool = True
) -> None:
    """Tell of an incident as it is now whoever must know and has not been told; without a mail when it is history.

    Nobody loses an alert by a correction. An older version than the one known changes nothing. Raises NobodyToTell.
    """
    if not await _note(session, school_id, facts, version):
        return
    if not await _tell(session, school_id, facts, by_mail=by_mail):
        NOBODY_TO_TELL.inc()
        raise NobodyToTell


async def tell_who_was_missed(session: AsyncSession, school_id: UUID, since: datetime) -> None:
    """After a change of people or shields: who must know of incidents logged since then, and whom they passed by.

    People and incidents come on different topics. An incident may arrive before the change that came before it.
    """
    found = await session.scalars(
        select(ToldIncident.facts)
        .where(ToldIncident.school_id == school_id, ToldIncident.logged_at >= since)
        .order_by(ToldIncident.id)
        .with_for_update()
    )
    for facts in found.all():
        await _tell(session, school_id, IncidentLogged.model_validate(facts, context=LENIENT))


async def hold_people(session: AsyncSession, school_id: UUID) -> None:
    """Before a change of a school's people: wait for incidents that are being told of, and let the next ones wait.

    Otherwise an incident and a change at the same moment would each not see the other.
    """
    school = func.hashtext(str(school_id))
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtext("heed people"), school)))


# Shared with other incidents and not with a change of people (`hold_people`); people are read in the next statement.
# The first words hold for who wrote it and when. A child taken out by a correction is still shielded from.
_NOTE: Final = text("""
INSERT INTO told_incident (school_id, id, author_id, logged_at, urgent, sensitivity, pupil_ids, facts, facts_version,
                           version, closed, status_version)
SELECT :school_id, :id, :author_id, :logged_at, :urgent, :sensitivity, CAST(:pupil_ids AS uuid[]),
       CAST(:facts AS jsonb), :version, 0, false, 0
FROM pg_advisory_xact_lock_shared(hashtext('heed people'), hashtext(CAST(:school AS text)))
ON CONFLICT (school_id, id) DO UPDATE SET
    urgent = excluded.urgent,
    sensitivity = excluded.sensitivity,
    pupil_ids = ARRAY(SELECT DISTINCT unnest(told_incident.pupil_ids || excluded.pupil_ids)),
    facts = excluded.facts,
    facts_version = excluded.facts_version
WHERE told_incident.facts_version < excluded.facts_version
RETURNING id
""")


async def _note(session: AsyncSession, school_id: UUID, facts: IncidentFacts, version: int) -> bool:
    """Keep the facts, and lock the incident's row; whether they were news."""
    noted = await session.execute(
        _NOTE,
        {
            "school_id": school_id,
            "school": str(school_id),
            "id": facts.incident_id,
            "author_id": facts.author_id,
            "logged_at": facts.logged_at,
            "urgent": facts.urgent,
            "sensitivity": int(facts.sensitivity),
            "pupil_ids": [pupil.pupil_id for pupil in facts.pupils],
            "facts": facts.model_dump_json(),
            "version": version,
        },
    )
    return noted.first() is not None


async def _tell(session: AsyncSession, school_id: UUID, facts: IncidentFacts, *, by_mail: bool = True) -> bool:
    """Whether anybody who answers for the school is told. The incident's row is locked."""
    known = await known_of(session, school_id, facts.incident_id)
    found = recipients(facts, known.rules, known.school)
    if nobody_in_line(found, known.school):
        return False
    missing = [person for person in found if person.staff_id not in known.told]
    if missing:
        await _raise_alerts(session, school_id, facts, missing, by_mail=by_mail)
    return True


async def _raise_alerts(
    session: AsyncSession, school_id: UUID, facts: IncidentFacts, people: Sequence[Told], *, by_mail: bool
) -> None:
    now = datetime.now(UTC)
    alerts = [(new_id(), person) for person in people]
    last = await session.scalar(
        update(ToldIncident)
        .where(ToldIncident.school_id == school_id, ToldIncident.id == facts.incident_id)
        .values(version=ToldIncident.version + len(alerts))
        .returning(ToldIncident.version)
    )
    assert last is not None
    await session.execute(insert(Alert), [_row(alert_id, school_id, facts, told, now) for alert_id, told in alerts])
    await queue_mails(
        session,
        kind=MailKind.ALERT,
        school_id=school_id,
        to=[(told.staff_id, f"/alerts/{alert_id}") for alert_id, told in alerts if by_mail],
    )
    await audit.record(
        session,
        action="alert:raised",
        school_id=school_id,
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
