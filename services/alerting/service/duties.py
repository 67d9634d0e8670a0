"""What somebody owes: noted when it is given, handed to a deputy, told to the next in line when it is late, done.

All under the lock of the incident's row: who says that it is done at the same moment is either seen or comes after.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.alerting.domain import State, taken_over
from services.alerting.domain.duties import may_be_given, stands_in
from services.alerting.domain.escalation import Look, Rung, climb, look, read_by
from services.alerting.models import Alert, Duty, DutyEscalation, ToldIncident
from services.alerting.queries.escalation import settings_of
from services.alerting.queries.school import known_of
from services.alerting.recipients import School, Told
from services.alerting.service.next_in_line import NOT_WITHDRAWN, alerts_of, database_now, tell_next
from services.alerting.service.raising import raise_alerts
from services.alerting.service.webhook_feed import feed
from shared.bus.failures import NotYet
from shared.contracts.events import LENIENT
from shared.contracts.incident import ActionAdded, ActionDone, IncidentFacts, IncidentLogged
from shared.contracts.words import Why
from shared.mail import MailKind, queue_mails


class IncidentUnknown(NotYet):
    """What followed an incident came before the incident itself: it waits, and its key with it."""

    def __init__(self) -> None:
        super().__init__("the incident is not known yet")


async def give(session: AsyncSession, *, school_id: UUID, action: ActionAdded, at: datetime) -> None:
    """Note what somebody is to do, and mail it to them unless they gave it to themselves. Raises IncidentUnknown.

    What was taken over from another system, or late long ago, stands in the list and calls nobody.
    """
    if action.owner_id is None:
        return
    facts = await held(session, school_id, action.incident_id)
    history = taken_over(facts.logged_at, at) or (action.due_at is not None and taken_over(action.due_at, at))
    row = insert(Duty).values(
        school_id=school_id,
        id=action.action_id,
        incident_id=action.incident_id,
        owner_id=action.owner_id,
        given_by_id=action.author_id,
        promise=action.promise,
        given_at=at,
        due_at=action.due_at,
        rung=int(Rung.DEPUTY),
        look_at=None if history else action.due_at,
        set_at=await database_now(session),
    )
    new = await session.execute(row.on_conflict_do_nothing().returning(literal(1)))
    if new.first() is None or history:
        return
    await feed(session, school_id, [("duty.given", _ids(action.incident_id, action.action_id, action.owner_id))])
    if action.owner_id == action.author_id:
        return
    school = (await known_of(session, school_id)).school
    if may_be_given(action.owner_id, facts, school):
        alerts = await alerts_of(session, school_id, action.incident_id)
        await _mail(session, school_id, MailKind.DUTY, [action.owner_id], alerts)


async def end(session: AsyncSession, *, school_id: UUID, done: ActionDone, at: datetime) -> None:
    """It is done: nobody is told of it any more. What came of it is the incident's."""
    await _locked(session, school_id, done.incident_id)
    owner_id = await session.scalar(
        update(Duty)
        .where(Duty.school_id == school_id, Duty.id == done.action_id, Duty.done_at.is_(None))
        .values(done_at=at, done_by_id=done.by_id, look_at=None)
        .returning(Duty.owner_id)
        .execution_options(synchronize_session=False)
    )
    if owner_id is not None:
        await feed(session, school_id, [("duty.done", _ids(done.incident_id, done.action_id, owner_id))])


async def see_to(session: AsyncSession, *, school_id: UUID, duty_id: UUID) -> None:
    """See to one duty: its owner is away and somebody stands in, or it is late and the next in line is told."""
    incident_id = await session.scalar(
        select(Duty.incident_id).where(Duty.school_id == school_id, Duty.id == duty_id, Duty.done_at.is_(None))
    )
    if incident_id is None:
        return
    facts = await held(session, school_id, incident_id)
    duty = await session.get(Duty, (school_id, duty_id), populate_existing=True)
    if duty is None or duty.done_at is not None:
        return
    school = (await known_of(session, school_id, incident_id)).school
    await _hand_over(session, duty, facts, school)
    if duty.look_at is not None:
        await _watch(session, duty, facts, school)


async def held(session: AsyncSession, school_id: UUID, incident_id: UUID) -> IncidentFacts:
    """The facts of an incident, with its row locked. Raises IncidentUnknown."""
    incident = await _locked(session, school_id, incident_id)
    if incident is None:
        raise IncidentUnknown
    return IncidentLogged.model_validate(incident.facts, context=LENIENT)


async def _locked(session: AsyncSession, school_id: UUID, incident_id: UUID) -> ToldIncident | None:
    found: ToldIncident | None = await session.scalar(
        select(ToldIncident)
        .where(ToldIncident.school_id == school_id, ToldIncident.id == incident_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


async def _hand_over(session: AsyncSession, duty: Duty, facts: IncidentFacts, school: School) -> None:
    """Tell whoever stands in for an owner who is away: by an alert, so that they can read what it is about."""
    owner = next((one for one in school.staff if one.staff_id == duty.owner_id and one.away), None)
    if owner is None or owner.deputy_id is None or owner.deputy_id == duty.considered_id:
        return
    deputy = stands_in(duty.owner_id, facts, school)
    alerts = await alerts_of(session, duty.school_id, duty.incident_id)
    theirs = next((alert for alert in alerts if alert.staff_id == deputy), None)
    if deputy is None or (theirs is not None and theirs.state == State.WITHDRAWN):
        await _set(session, duty, considered_id=owner.deputy_id)
        return
    if theirs is None:
        await raise_alerts(session, duty.school_id, facts, [Told(deputy, (Why.DEPUTY,))], mail=MailKind.DUTY)
    else:
        await _mail(session, duty.school_id, MailKind.DUTY, [deputy], alerts)
    await _set(session, duty, considered_id=owner.deputy_id, deputy_id=deputy)


async def _watch(session: AsyncSession, duty: Duty, facts: IncidentFacts, school: School) -> None:
    assert duty.look_at is not None
    now = await database_now(session)
    seen = look(now, due_at=duty.look_at, set_at=duty.set_at)
    if seen is Look.WAIT:
        return
    kept = await settings_of(session, duty.school_id)
    later = read_by(facts, kept.settings, now)
    if seen is Look.SET_AGAIN:
        # By when it was promised does not move with a clock; by when the next in line is told was counted by it.
        await _set(session, duty, look_at=duty.due_at if duty.rung == Rung.DEPUTY else later, set_at=now)
        return
    alerts = await alerts_of(session, duty.school_id, duty.incident_id)
    whose = [staff_id for staff_id in (duty.owner_id, duty.deputy_id) if staff_id is not None]
    if duty.rung == Rung.DEPUTY and await _first_time(session, duty, 0, now):
        reminded = [staff_id for staff_id in whose if may_be_given(staff_id, facts, school)]
        await _mail(session, duty.school_id, MailKind.DUTY_OVERDUE, reminded, alerts)
        await feed(session, duty.school_id, [("duty.overdue", _ids(duty.incident_id, duty.id, duty.owner_id))])
    found = climb(Rung(duty.rung), facts, school, past=whose)
    if found is None:
        await _set(session, duty, look_at=None)
        return
    rung, people = found
    if await _first_time(session, duty, rung, now):
        await tell_next(
            session,
            duty.school_id,
            facts,
            people,
            alerts,
            from_id=duty.owner_id,
            again=NOT_WITHDRAWN,
            mail=MailKind.DUTY_OVERDUE,
        )
    if rung is Rung.TRUST:
        await _set(session, duty, look_at=None)
    else:
        await _set(session, duty, rung=rung + 1, look_at=later, set_at=now)


async def _mail(
    session: AsyncSession, school_id: UUID, kind: MailKind, people: Sequence[UUID], alerts: Sequence[Alert]
) -> None:
    """To their alert of the incident; an author without one, and one whose alert was withdrawn, to the start."""
    alert_of = {alert.staff_id: alert.id for alert in alerts if alert.state != State.WITHDRAWN}
    to = [(staff_id, f"/alerts/{alert_of[staff_id]}" if staff_id in alert_of else "/") for staff_id in people]
    await queue_mails(session, kind=kind, school_id=school_id, to=to)


async def _first_time(session: AsyncSession, duty: Duty, rung: int, now: datetime) -> bool:
    """Rung 0 are those whose turn it was."""
    row = insert(DutyEscalation).values(school_id=duty.school_id, duty_id=duty.id, rung=int(rung), fired_at=now)
    fired = await session.execute(row.on_conflict_do_nothing().returning(literal(1)))
    return fired.first() is not None


def _ids(incident_id: UUID, duty_id: UUID, owner_id: UUID) -> dict[str, UUID]:
    return {"incident_id": incident_id, "duty_id": duty_id, "owner_id": owner_id}


async def _set(session: AsyncSession, duty: Duty, **values: object) -> None:
    await session.execute(
        update(Duty)
        .where(Duty.school_id == duty.school_id, Duty.id == duty.id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    await session.refresh(duty)
