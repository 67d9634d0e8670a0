"""Telling who must know of an incident, in the transaction that takes its event; and whoever was missed by then."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.alerting.domain.escalation import never_waits
from services.alerting.models import ToldIncident
from services.alerting.queries.school import known_of
from services.alerting.recipients import nobody_in_line, recipients
from services.alerting.service.raising import raise_alerts
from services.alerting.service.waiting import wait_no_longer
from services.alerting.service.watching import watch
from shared.bus.failures import NotYet
from shared.contracts.events import LENIENT
from shared.contracts.incident import IncidentCorrected, IncidentFacts, IncidentLogged
from shared.telemetry import NOBODY_TO_TELL


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
    if by_mail:
        await watch(session, school_id, facts)
    if isinstance(facts, IncidentCorrected) and never_waits(facts):
        await wait_no_longer(session, school_id, facts.incident_id)


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
        await raise_alerts(session, school_id, facts, missing, by_mail=by_mail)
    return True
