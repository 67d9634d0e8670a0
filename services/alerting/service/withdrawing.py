"""Withdrawing an alert: who had it loses the right to read, and is not told (access.md, C9)."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from services.alerting.domain import State
from services.alerting.models import Alert, ToldIncident
from services.alerting.queries.alerts import pupils_of
from services.alerting.queries.overview import of_school_to_change
from services.alerting.service.remarks import remark
from services.alerting.service.webhook_feed import feed_events
from shared import audit
from shared.contracts.alerting import AlertWithdrawn
from shared.errors import NotFound
from shared.identity import Staff
from shared.outbox import publish


async def withdraw(session: AsyncSession, *, acting_staff: Staff, alert_id: UUID, reason: str) -> None:
    """By the DSL team, with the reason. A second withdrawal changes nothing. Raises NotFound alike for what is absent,
    another school's, or shielded from whoever withdraws.
    """
    alert = await of_school_to_change(session, acting_staff, alert_id)
    if alert is None:
        raise NotFound()
    if alert.state == State.WITHDRAWN:
        return
    await session.execute(
        update(Alert)
        .where(Alert.school_id == alert.school_id, Alert.id == alert.id)
        .values(state=State.WITHDRAWN.value, withdrawn_at=datetime.now(UTC))
        .execution_options(synchronize_session=False)
    )
    await remark(session, by=acting_staff, alert_ids=[alert.id], kind="withdrawn", words=reason)
    version = await session.scalar(
        update(ToldIncident)
        .where(ToldIncident.school_id == alert.school_id, ToldIncident.id == alert.incident_id)
        .values(version=ToldIncident.version + 1)
        .returning(ToldIncident.version)
        .execution_options(synchronize_session=False)
    )
    assert version is not None
    await audit.record(
        session,
        action="alert:withdrawn",
        school_id=alert.school_id,
        staff=acting_staff,
        about_kind="alert",
        about_id=alert.id,
        pupil_ids=await pupils_of(session, alert),
        details={"incident": str(alert.incident_id)},
    )
    event = AlertWithdrawn(alert_id=alert.id, incident_id=alert.incident_id, staff_id=alert.staff_id)
    await publish(session, event, school_id=alert.school_id, version=version)
    await feed_events(session, alert.school_id, [event])
