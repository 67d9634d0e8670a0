"""Who may read what, as the events that would say so: for an incident service that lost its readers."""

from typing import Any
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.alerting.domain import State
from services.alerting.models import Alert, ToldIncident
from shared.contracts.alerting import AlertRaised, AlertWithdrawn
from shared.contracts.words import Why


async def alerts_after(session: AsyncSession, school_id: UUID, after: UUID | None, limit: int) -> list[dict[str, Any]]:
    """Each with the incident's version of now: it holds whatever was published until now, and yields to what comes.

    Alert and version are read in one statement, so that no event lies between them.
    """
    query = (
        select(Alert, ToldIncident.version)
        .join(
            ToldIncident,
            and_(ToldIncident.school_id == Alert.school_id, ToldIncident.id == Alert.incident_id),
        )
        .where(Alert.school_id == school_id)
        .order_by(Alert.id)
        .limit(limit)
    )
    rows = await session.execute(query if after is None else query.where(Alert.id > after))
    return [_as_event(alert, version) for alert, version in rows]


def _as_event(alert: Alert, version: int) -> dict[str, Any]:
    about = {"alert_id": alert.id, "incident_id": alert.incident_id, "staff_id": alert.staff_id}
    event = (
        AlertWithdrawn(**about)
        if alert.state == State.WITHDRAWN
        else AlertRaised(**about, why=[Why(word) for word in alert.why])
    )
    return {
        "type": event.TYPE,
        "school_id": str(alert.school_id),
        "version": version,
        "data": event.model_dump(mode="json"),
    }
