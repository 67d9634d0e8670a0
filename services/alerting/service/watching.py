"""Watching that an incident is read, and telling the next in line when it is not. Once for each rung, by the database's
clock, under the lock of the incident's row: whoever reads at the same moment is either seen or comes after.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, cast
from uuid import UUID

from sqlalchemy import Table, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.alerting.domain import State
from services.alerting.domain.escalation import Look, Rung, Settings, climb, look, read_by
from services.alerting.models import Alert, Escalation, ReadingWatch, ToldIncident
from services.alerting.queries.escalation import settings_of
from services.alerting.queries.school import Known, known_of
from services.alerting.recipients import IN_LINE, School, recipients, there_for
from services.alerting.service.next_in_line import alerts_of, database_now, tell_next
from services.alerting.service.raising import raise_alerts
from shared.contracts.events import LENIENT
from shared.contracts.incident import IncidentFacts, IncidentLogged
from shared.contracts.words import DSL_TEAM, Why
from shared.rows import Row

LINE: Final = frozenset({Why.HEAD, Why.LEAD_DSL, Why.STAND_IN, Why.DEPUTY, Why.ESCALATED})
LOOK_AGAIN: Final = timedelta(minutes=5)
"""While nobody is there to be told."""


_WATCH: Final = cast(Table, ReadingWatch.__table__)
SOONER: Final[Mapping[Table, str]] = {
    _WATCH: "(school_id, incident_id) DO UPDATE SET due_at = least(reading_watch.due_at, excluded.due_at), "
    f"set_at = excluded.set_at WHERE reading_watch.ended_at IS NULL AND reading_watch.rung = {int(Rung.DEPUTY)}"
}
"""A correction may make the time sooner and never later."""


def watch(school_id: UUID, facts: IncidentFacts, settings: Settings, now: datetime) -> tuple[Table, Row]:
    """The row by which it must be read from now on; to be written with SOONER. `now` is by the database's clock."""
    return _WATCH, {
        "school_id": school_id,
        "incident_id": facts.incident_id,
        "rung": int(Rung.DEPUTY),
        "due_at": read_by(facts, settings, now),
        "set_at": now,
    }


async def escalate(session: AsyncSession, *, school_id: UUID, incident_id: UUID) -> None:
    """See to one incident whose time may be up: it was read, the next in line is told, or everybody has been.

    While nobody of the line is there who was ever told, it is looked at again and again: whoever comes is told.
    """
    incident = await session.scalar(
        select(ToldIncident)
        .where(ToldIncident.school_id == school_id, ToldIncident.id == incident_id)
        .with_for_update()
    )
    watched = await session.get(ReadingWatch, (school_id, incident_id), populate_existing=True)
    if incident is None or watched is None or watched.ended_at is not None:
        return
    now = await database_now(session)
    facts = IncidentLogged.model_validate(incident.facts, context=LENIENT)
    known = await known_of(session, school_id, incident_id)
    alerts = await alerts_of(session, school_id, incident_id)
    if incident.closed or _is_read(alerts, known.school):
        await _set(session, watched, ended_at=now)
        return
    seen = look(now, due_at=watched.due_at, set_at=watched.set_at)
    if seen is Look.WAIT:
        return
    due_at = read_by(facts, (await settings_of(session, school_id)).settings, now)
    if seen is Look.SET_AGAIN:
        await _set(session, watched, due_at=due_at, set_at=now)
        return
    found = climb(Rung(watched.rung), facts, known.school)
    if found is None:
        if _somebody_is_there(alerts, facts, known.school):
            await _set(session, watched, ended_at=now)
        elif await _tell_who_came(session, school_id, facts, known):
            await _set(session, watched, rung=int(Rung.DEPUTY), due_at=due_at, set_at=now)
        else:
            await _set(session, watched, due_at=now + LOOK_AGAIN, set_at=now)
        return
    rung, people = found
    if await _first_time(session, school_id, incident_id, rung, now):
        await tell_next(session, school_id, facts, people, alerts, from_id=_unread_by(alerts))
    if rung is Rung.TRUST:
        await _set(session, watched, ended_at=now)
    else:
        await _set(session, watched, rung=rung + 1, due_at=due_at, set_at=now)


def _is_read(alerts: Sequence[Alert], school: School) -> bool:
    """Whether anybody who answers for safeguarding here has read it."""
    team = {person.staff_id for person in school.staff if person.roles & DSL_TEAM}
    return any(
        alert.read_at is not None and alert.state != State.WITHDRAWN and (alert.staff_id in team or LINE & {*alert.why})
        for alert in alerts
    )


def _somebody_is_there(alerts: Sequence[Alert], facts: IncidentFacts, school: School) -> bool:
    """Whether anybody of the line who was told is still here and may know of it."""
    told = [alert.staff_id for alert in alerts if alert.state != State.WITHDRAWN and LINE & {*alert.why}]
    return bool(there_for(told, facts, school))


async def _tell_who_came(session: AsyncSession, school_id: UUID, facts: IncidentFacts, known: Known) -> bool:
    """An alert for each who answers for the school and has none: nobody who does has had one, or they all have left."""
    found = recipients(facts, known.rules, known.school)
    missing = [person for person in found if IN_LINE & {*person.why} and person.staff_id not in known.told]
    if missing:
        await raise_alerts(session, school_id, facts, missing)
    return bool(missing)


def _unread_by(alerts: Sequence[Alert]) -> UUID:
    """Whose turn it was: the lead DSL's, else whoever else of the line was told."""
    order = [Why.LEAD_DSL, Why.STAND_IN, Why.DEPUTY, Why.HEAD]
    line = sorted(alerts, key=lambda alert: min((order.index(Why(w)) for w in alert.why if w in order), default=9))
    return line[0].staff_id


async def _first_time(session: AsyncSession, school_id: UUID, incident_id: UUID, rung: Rung, now: datetime) -> bool:
    row = insert(Escalation).values(school_id=school_id, incident_id=incident_id, rung=int(rung), fired_at=now)
    fired = await session.execute(row.on_conflict_do_nothing().returning(literal(1)))
    return fired.first() is not None


async def _set(session: AsyncSession, watched: ReadingWatch, **values: object) -> None:
    await session.execute(
        update(ReadingWatch)
        .where(ReadingWatch.school_id == watched.school_id, ReadingWatch.incident_id == watched.incident_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
