"""Alerting further people of an incident (R85), and once more whoever has put it away (R88)."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.alerting.domain import State, Step, after
from services.alerting.models import Alert, ToldIncident
from services.alerting.queries.alerts import theirs
from services.alerting.queries.school import known_of
from services.alerting.recipients import Told, chosen
from services.alerting.service.raising import announce, raise_alerts
from services.alerting.service.remarks import remark
from shared.contracts.events import LENIENT
from shared.contracts.incident import IncidentFacts, IncidentLogged
from shared.contracts.words import DSL_TEAM, Why
from shared.errors import ElevationRequired, NotFound
from shared.identity import Staff


async def alert_further(
    session: AsyncSession,
    *,
    acting_staff: Staff,
    incident_id: UUID,
    staff_ids: Sequence[UUID],
    group_ids: Sequence[UUID],
    note: str | None = None,
) -> None:
    """Tell these people too. Who is shielded or has left is not told, and the answer does not say so.

    By whoever was alerted to it, and by the DSL team with elevated access, who also call back whoever has read it
    already or lost the alert. The note is for whoever is told by this. Raises NotFound alike for what is absent or out
    of reach; ElevationRequired for the DSL team without it.
    """
    facts = await _reached(session, acting_staff, incident_id)
    ticked = facts.model_copy(update={"extra_staff_ids": list(staff_ids), "extra_group_ids": list(group_ids)})
    known = await known_of(session, acting_staff.school_id, incident_id)
    people = chosen(ticked, known.school)
    new = [told for told in people if told.staff_id not in known.told]
    told = await raise_alerts(session, acting_staff.school_id, facts, new, by=acting_staff) if new else []
    if DSL_TEAM & acting_staff.roles and acting_staff.elevated:
        again = [told.staff_id for told in people if told.staff_id in known.told]
        told += await _call_back(session, acting_staff, facts, again)
    if note:
        await remark(session, by=acting_staff, alert_ids=told, kind="note", words=note)


async def _reached(session: AsyncSession, staff: Staff, incident_id: UUID) -> IncidentFacts:
    """The facts of an incident this person may tell others of, with its row locked."""
    incident = await session.scalar(
        select(ToldIncident)
        .where(ToldIncident.school_id == staff.school_id, ToldIncident.id == incident_id)
        .with_for_update()
    )
    if incident is None or staff.shields.intersection((incident_id, *incident.pupil_ids)):
        raise NotFound()
    named = await session.scalar(select(Alert.id).where(theirs(staff), Alert.incident_id == incident_id))
    if named is None:
        if not DSL_TEAM & staff.roles:
            raise NotFound()
        if not staff.elevated:
            raise ElevationRequired()
    return IncidentLogged.model_validate(incident.facts, context=LENIENT)


async def _call_back(
    session: AsyncSession, staff: Staff, facts: IncidentFacts, staff_ids: Sequence[UUID]
) -> list[UUID]:
    """Alerts that were put away or withdrawn are unread again. When they were read stays on the audit."""
    found = await session.scalars(
        select(Alert)
        .where(
            Alert.school_id == staff.school_id,
            Alert.incident_id == facts.incident_id,
            Alert.staff_id.in_(staff_ids),
        )
        .order_by(Alert.id)
        .execution_options(populate_existing=True)
    )
    put_away = [alert for alert in found if after(State(alert.state), Step.READD) != alert.state]
    if not put_away:
        return []
    await session.execute(
        update(Alert)
        .where(Alert.school_id == staff.school_id, Alert.id.in_([alert.id for alert in put_away]))
        .values(
            state=State.UNREAD.value,
            why=func.array_append(func.array_remove(Alert.why, Why.READDED.value), Why.READDED.value),
            read_at=None,
            acknowledged_at=None,
            done_at=None,
            withdrawn_at=None,
        )
        .execution_options(synchronize_session=False)
    )
    again = [(alert.id, Told(alert.staff_id, (Why.READDED,))) for alert in put_away]
    await announce(session, staff.school_id, facts, again, by=staff)
    return [alert_id for alert_id, _ in again]
