"""What somebody does with an alert of theirs: open it, and say that it is read, taken up, done."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from sqlalchemy import case, func, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.alerting.domain import State, Step, after
from services.alerting.models import Alert, ToldIncident
from services.alerting.queries.alerts import one, one_to_change, pupils_of
from services.alerting.queries.overview import who_was_alerted
from services.alerting.service.webhook_feed import feed_events
from shared import audit
from shared.contracts.alerting import AlertAcknowledged, AlertDone, AlertFact, AlertRead
from shared.errors import NotFound
from shared.identity import Staff
from shared.outbox import publish

TELLS: Final[Mapping[Step, type[AlertFact]]] = MappingProxyType(
    {Step.READ: AlertRead, Step.ACKNOWLEDGE: AlertAcknowledged, Step.DONE: AlertDone}
)
_WHEN: Final = {Step.READ: "read_at", Step.ACKNOWLEDGE: "acknowledged_at", Step.DONE: "done_at"}


async def open_alert(session: AsyncSession, *, acting_staff: Staff, alert_id: UUID) -> Alert:
    """One alert, for its person, with whom it is about on the audit: what is handed out with it opens the incident.

    Raises NotFound alike for what is absent, another's, withdrawn or shielded.
    """
    alert = await one(session, acting_staff, alert_id)
    if alert is None:
        raise NotFound()
    await _record(session, "alert:opened", acting_staff, alert)
    return alert


async def look_who_was_alerted(session: AsyncSession, *, acting_staff: Staff, incident_id: UUID) -> Sequence[Alert]:
    """Everybody who has an alert of it or had one, and the look on the audit. Raises NotFound."""
    found = await who_was_alerted(session, acting_staff, incident_id)
    if not found:
        raise NotFound()
    await audit.record(
        session,
        action="alerts:looked-at",
        school_id=acting_staff.school_id,
        staff=acting_staff,
        about_kind="incident",
        about_id=incident_id,
        pupil_ids=await pupils_of(session, found[0]),
    )
    return found


async def take_step(
    session: AsyncSession, *, acting_staff: Staff, alert_id: UUID, step: Step, at: datetime | None = None
) -> Alert:
    """The alert after the step. What is further along stays as it is, and nothing is told twice. Raises NotFound."""
    alert = await one_to_change(session, acting_staff, alert_id)
    if alert is None:
        raise NotFound()
    state = after(State(alert.state), step)
    if state == alert.state:
        return alert
    now = at or datetime.now(UTC)
    changes: dict[str, Any] = {"state": state.value, _WHEN[step]: now}
    if alert.read_at is None:
        # Who takes it up or has done it, has read it.
        changes["read_at"] = now
    await session.execute(
        update(Alert).where(Alert.school_id == alert.school_id, Alert.id == alert.id).values(changes),
        execution_options={"synchronize_session": False},
    )
    version = await _next_version(session, alert, now)
    await _record(session, f"alert:{state.value}", acting_staff, alert)
    event = TELLS[step](alert_id=alert.id, incident_id=alert.incident_id, staff_id=alert.staff_id)
    await publish(session, event, school_id=alert.school_id, version=version)
    await feed_events(session, alert.school_id, [event])
    await session.refresh(alert)
    return alert


async def _next_version(session: AsyncSession, alert: Alert, now: datetime) -> int:
    """Counts the event that goes out, and notes when it was first read by somebody other than who wrote it."""
    by_another = ToldIncident.author_id != alert.staff_id
    version: int | None = await session.scalar(
        update(ToldIncident)
        .where(ToldIncident.school_id == alert.school_id, ToldIncident.id == alert.incident_id)
        .values(
            version=ToldIncident.version + 1,
            first_read_at=case(
                (by_another, func.coalesce(ToldIncident.first_read_at, now)), else_=ToldIncident.first_read_at
            ),
        )
        .returning(ToldIncident.version),
        execution_options={"synchronize_session": False},
    )
    assert version is not None
    return version


async def _record(session: AsyncSession, action: str, staff: Staff, alert: Alert) -> None:
    await audit.record(
        session,
        action=action,
        school_id=alert.school_id,
        staff=staff,
        about_kind="alert",
        about_id=alert.id,
        pupil_ids=await pupils_of(session, alert),
        details={"incident": str(alert.incident_id)},
    )
