"""What alerting does with what others tell: it keeps its copies of people, and tells who must know of incidents."""

from collections.abc import Mapping, Sequence
from typing import Final, cast
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from services.alerting.domain import taken_over
from services.alerting.models import ToldIncident
from services.alerting.service import (
    Telling,
    copies,
    duties,
    leave_notice,
    tell,
    tell_leads,
    tell_who_was_missed,
    weigh,
)
from services.alerting.service.telling import hold_people
from shared.bus.runner import Handler, HandlerOfSeveral, Taken
from shared.contracts import auth, incident
from shared.contracts.auth import (
    GroupChanged,
    SchoolRegistered,
    ShieldChanged,
    StaffAdded,
    StaffChanged,
    StaffDisabled,
    StaffState,
)
from shared.contracts.envelope import Envelope
from shared.contracts.events import Event
from shared.contracts.incident import (
    ActionAdded,
    ActionDone,
    CategoryWeighed,
    IncidentClosed,
    IncidentCorrected,
    IncidentFacts,
    IncidentLogged,
    IncidentReopened,
    IncidentWeighed,
)
from shared.mail import MailKind

CONSUMER: Final = "alerting"
TOPICS: Final = (auth.TOPIC, incident.TOPIC)
SNAPSHOTS: Final = ("auth",)
"""Whose present state the copies here are rebuilt from."""


async def school_registered(session: AsyncSession, _: Envelope, event: Event) -> None:
    await copies.keep_school(session, cast(SchoolRegistered, event).school_id)


async def staff_changed(session: AsyncSession, envelope: Envelope, event: Event) -> None:
    state = cast(StaffState, event)
    if envelope.school_id is None:
        await copies.keep_trust_staff(session, state, version=envelope.version)
        return
    await hold_people(session, envelope.school_id)
    if await copies.keep_staff(session, envelope.school_id, state, version=envelope.version):
        await tell_who_was_missed(session, envelope.school_id, envelope.time)


async def staff_disabled(session: AsyncSession, envelope: Envelope, event: Event) -> None:
    staff_id = cast(StaffDisabled, event).staff_id
    if envelope.school_id is None:
        await copies.keep_trust_staff_disabled(session, staff_id, version=envelope.version)
        return
    await hold_people(session, envelope.school_id)
    if await copies.keep_staff_disabled(session, envelope.school_id, staff_id, version=envelope.version):
        await tell_who_was_missed(session, envelope.school_id, envelope.time)


async def group_changed(session: AsyncSession, envelope: Envelope, event: Event) -> None:
    school_id = _school(envelope)
    await hold_people(session, school_id)
    if await copies.keep_group(session, school_id, cast(GroupChanged, event), version=envelope.version):
        await tell_who_was_missed(session, school_id, envelope.time)


async def shield_changed(session: AsyncSession, envelope: Envelope, event: Event) -> None:
    """Who is shielded keeps no way to an alert (the token says so); who stands in for them is told."""
    school_id = _school(envelope)
    await hold_people(session, school_id)
    if await copies.keep_shield(session, school_id, cast(ShieldChanged, event), version=envelope.version):
        await tell_who_was_missed(session, school_id, envelope.time)


async def incidents_told(session: AsyncSession, events: Sequence[Taken]) -> None:
    """Logged, or corrected: then it may concern more people than before."""
    tellings = []
    for envelope, event in events:
        facts = cast(IncidentFacts, event)
        history = isinstance(facts, IncidentLogged) and taken_over(facts.logged_at, envelope.time)
        tellings.append(Telling(facts, envelope.version, by_mail=not history, traceparent=envelope.traceparent))
    await tell(session, school_id=_school(events[0][0]), tellings=tellings)


async def incident_told(session: AsyncSession, envelope: Envelope, event: Event) -> None:
    await incidents_told(session, [(envelope, event)])


async def incident_weighed(session: AsyncSession, envelope: Envelope, event: Event) -> None:
    weighed = cast(IncidentWeighed, event)
    await weigh(session, school_id=_school(envelope), weighed=weighed, version=envelope.version)


async def category_weighed(session: AsyncSession, envelope: Envelope, event: Event) -> None:
    by_id = cast(CategoryWeighed, event).by_id
    await tell_leads(session, _school(envelope), MailKind.CATEGORY_WEIGHED, by_id=by_id)


async def incident_closed(session: AsyncSession, envelope: Envelope, event: Event) -> None:
    await _note_status(session, envelope, cast(IncidentClosed, event).incident_id, closed=True)


async def incident_reopened(session: AsyncSession, envelope: Envelope, event: Event) -> None:
    await _note_status(session, envelope, cast(IncidentReopened, event).incident_id, closed=False)


async def action_added(session: AsyncSession, envelope: Envelope, event: Event) -> None:
    """What somebody is to do is theirs from now on; and the author is told, if somebody chose to tell them."""
    action, school_id = cast(ActionAdded, event), _school(envelope)
    await duties.give(session, school_id=school_id, action=action, at=envelope.time)
    await leave_notice(session, school_id=school_id, action=action, at=envelope.time)


async def action_done(session: AsyncSession, envelope: Envelope, event: Event) -> None:
    await duties.end(session, school_id=_school(envelope), done=cast(ActionDone, event), at=envelope.time)


async def _note_status(session: AsyncSession, envelope: Envelope, incident_id: UUID, *, closed: bool) -> None:
    await session.execute(
        update(ToldIncident)
        .where(
            ToldIncident.school_id == _school(envelope),
            ToldIncident.id == incident_id,
            ToldIncident.status_version < envelope.version,
        )
        .values(closed=closed, status_version=envelope.version)
        .execution_options(synchronize_session=False)
    )


def _school(envelope: Envelope) -> UUID:
    if envelope.school_id is None:
        raise ValueError("an event of a school says of which")
    return envelope.school_id


HANDLERS: Final[Mapping[type[Event], Handler]] = {
    SchoolRegistered: school_registered,
    StaffAdded: staff_changed,
    StaffChanged: staff_changed,
    StaffDisabled: staff_disabled,
    GroupChanged: group_changed,
    ShieldChanged: shield_changed,
    IncidentLogged: incident_told,
    IncidentCorrected: incident_told,
    IncidentWeighed: incident_weighed,
    CategoryWeighed: category_weighed,
    IncidentClosed: incident_closed,
    IncidentReopened: incident_reopened,
    ActionAdded: action_added,
    ActionDone: action_done,
}
TOGETHER: Final[Mapping[type[Event], HandlerOfSeveral]] = {
    IncidentLogged: incidents_told,
    IncidentCorrected: incidents_told,
}
