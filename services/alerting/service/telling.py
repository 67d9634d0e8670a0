"""Telling who must know of an incident, in the transaction that takes its event; and whoever was missed by then."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Table, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.alerting.domain.escalation import never_waits
from services.alerting.models import ToldIncident
from services.alerting.queries.school import KnownOfSeveral, known_of, known_of_several
from services.alerting.recipients import nobody_in_line, recipients
from services.alerting.service.raising import (
    Alerts,
    alert_rows,
    announcement,
    named,
    raise_alerts,
    told_outside,
    wake_after,
)
from services.alerting.service.waiting import wait_no_longer
from services.alerting.service.watching import SOONER, watch
from services.alerting.service.webhook_feed import Fact, feed
from shared.bus.failures import NotYet
from shared.contracts.events import LENIENT
from shared.contracts.incident import IncidentCorrected, IncidentFacts, IncidentLogged, IncidentWeighed
from shared.db import ask
from shared.mail import MailKind
from shared.rows import Row, as_json, write_rows
from shared.telemetry import NOBODY_TO_TELL
from shared.tracing import current_traceparent, within


class NobodyToTell(NotYet):
    """Nobody who answers for a school's safeguarding is known here: the incident waits, and an operator sees it."""

    def __init__(self) -> None:
        super().__init__("no head and no DSL of this school is known yet")


@dataclass(frozen=True, slots=True)
class Telling:
    """An incident to be told of as it is now; without a mail when it is history."""

    facts: IncidentFacts
    version: int
    by_mail: bool = True
    traceparent: str | None = field(default_factory=current_traceparent)


async def tell(session: AsyncSession, *, school_id: UUID, tellings: Sequence[Telling]) -> None:
    """Tell of incidents of one school whoever must know and has not been told, all of them or none.

    Nobody loses an alert by a correction. An older version than the one known changes nothing. Raises NobodyToTell.
    """
    noted = await _note(session, school_id, tellings)
    if not noted:
        return
    known = await known_of_several(session, school_id, list(noted))
    rows: list[tuple[Table, Row]] = []
    outside: list[Fact] = []
    for telling in tellings:
        version = noted.get(telling.facts.incident_id)
        if version is not None:
            with within(telling.traceparent):
                alerts = _missing(telling.facts, known)
                rows += _rows(school_id, telling, alerts, known, version)
                outside += told_outside(telling.facts.incident_id, alerts)
    await write_rows(session, rows, on_conflict=SOONER)
    wake_after(session)
    if known.webhooks and outside:
        await feed(session, school_id, outside)
    for facts in (telling.facts for telling in tellings):
        if facts.incident_id in noted and isinstance(facts, IncidentCorrected) and never_waits(facts):
            await wait_no_longer(session, school_id, facts.incident_id)


def _missing(facts: IncidentFacts, known: KnownOfSeveral) -> Alerts:
    """An alert for each who must know and was not told. Raises NobodyToTell."""
    found = recipients(facts, known.rules, known.school)
    if nobody_in_line(found, known.school):
        NOBODY_TO_TELL.inc()
        raise NobodyToTell
    told = known.told.get(facts.incident_id, frozenset())
    return named([person for person in found if person.staff_id not in told])


def _rows(
    school_id: UUID, telling: Telling, alerts: Alerts, known: KnownOfSeveral, version: int
) -> Iterator[tuple[Table, Row]]:
    facts, kind = telling.facts, MailKind.ALERT if telling.by_mail else None
    if alerts:
        yield from alert_rows(school_id, facts, alerts)
        yield from announcement(school_id, facts, alerts, version=version, mail_kind=kind, choices=known.choices)
    if telling.by_mail:
        yield watch(school_id, facts, known.settings, known.now)


async def weigh(session: AsyncSession, *, school_id: UUID, weighed: IncidentWeighed, version: int) -> None:
    """An incident is as sensitive as its categories are now: who must know of it now and was not told is told.

    In the house and without a mail: a category that a school weighs anew has concerns of years. What is closed, and
    what was written anew since (a later version), is told of nobody.
    """
    await session.execute(_SHARE_PEOPLE, {"school": str(school_id)})
    kept = await session.execute(
        update(ToldIncident)
        .where(
            ToldIncident.school_id == school_id,
            ToldIncident.id == weighed.incident_id,
            ToldIncident.facts_version <= version,
        )
        .values(
            sensitivity=int(weighed.sensitivity),
            facts=func.jsonb_set(ToldIncident.facts, ["sensitivity"], func.to_jsonb(int(weighed.sensitivity))),
        )
        .returning(ToldIncident.facts, ToldIncident.closed)
        .execution_options(synchronize_session=False)
    )
    row = kept.first()
    if row is None or row.closed:
        return
    facts = IncidentLogged.model_validate(row.facts, context=LENIENT)
    await _tell(session, school_id, facts, by_mail=False)
    if never_waits(facts):
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


_SHARE_PEOPLE: Final = text("SELECT pg_advisory_xact_lock_shared(hashtext('heed people'), hashtext(:school))")

# Shared with other incidents and not with a change of people (`hold_people`); people are read in the next statement.
# The first words hold for who wrote it and when. A child taken out by a correction is still shielded from. The version
# is that of the event which may follow; in one order, whoever else tells of some of them.
_NOTE: Final = """
INSERT INTO told_incident (school_id, id, author_id, logged_at, urgent, sensitivity, pupil_ids, facts, facts_version,
                           version, closed, status_version)
SELECT $1, id, author_id, logged_at, urgent, sensitivity, pupil_ids, facts::jsonb, facts_version, 1, false, 0
FROM pg_advisory_xact_lock_shared(hashtext('heed people'), hashtext($2)),
    json_to_recordset($3::json) AS told (id uuid, author_id uuid, logged_at timestamptz, urgent boolean,
        sensitivity smallint, pupil_ids uuid[], facts text, facts_version bigint)
ORDER BY id
ON CONFLICT (school_id, id) DO UPDATE SET
    urgent = excluded.urgent,
    sensitivity = excluded.sensitivity,
    pupil_ids = ARRAY(SELECT DISTINCT unnest(told_incident.pupil_ids || excluded.pupil_ids)),
    facts = excluded.facts,
    facts_version = excluded.facts_version,
    version = told_incident.version + 1
WHERE told_incident.facts_version < excluded.facts_version
RETURNING id, version
"""


async def _note(session: AsyncSession, school_id: UUID, tellings: Sequence[Telling]) -> Mapping[UUID, int]:
    """Keep the facts, and lock the incidents' rows; of those that were news the version of what is told now."""
    given = [
        {
            "id": facts.incident_id,
            "author_id": facts.author_id,
            "logged_at": facts.logged_at,
            "urgent": facts.urgent,
            "sensitivity": int(facts.sensitivity),
            "pupil_ids": [pupil.pupil_id for pupil in facts.pupils],
            "facts": facts.model_dump_json(),
            "facts_version": telling.version,
        }
        for telling in tellings
        if (facts := telling.facts)
    ]
    return dict(await ask(session, _NOTE, school_id, str(school_id), as_json(given)))


async def _tell(session: AsyncSession, school_id: UUID, facts: IncidentFacts, *, by_mail: bool = True) -> None:
    """Whoever must know and was not told. The incident's row is locked."""
    known = await known_of(session, school_id, facts.incident_id)
    found = recipients(facts, known.rules, known.school)
    missing = [person for person in found if person.staff_id not in known.told]
    if missing and not nobody_in_line(found, known.school):
        await raise_alerts(session, school_id, facts, missing, by_mail=by_mail)
