"""What incident does with what others tell: it notes who may read."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, cast

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.models import Reader
from shared.bus.runner import Handler
from shared.contracts.alerting import TOPIC, AlertRaised, AlertWithdrawn
from shared.contracts.envelope import Envelope
from shared.contracts.events import Event

CONSUMER: Final = "incident"
TOPICS: Final = (TOPIC,)
SNAPSHOTS: Final = ("alerting",)
"""Whose present state the copy here (who may read what) is rebuilt from."""


_READER: Final = cast(Table, Reader.__table__)
_READ: Final = insert(_READER)
_NEWEST: Final = _READ.on_conflict_do_update(
    index_elements=["school_id", "incident_id", "staff_id"],
    set_={"withdrawn_at": _READ.excluded.withdrawn_at, "version": _READ.excluded.version},
    where=_READER.c.version < _READ.excluded.version,
)


async def note_reader(session: AsyncSession, envelope: Envelope, event: Event) -> None:
    raised = cast(AlertRaised, event)
    await _set(session, envelope, raised, withdrawn_at=None)


async def note_withdrawal(session: AsyncSession, envelope: Envelope, event: Event) -> None:
    await _set(session, envelope, cast(AlertWithdrawn, event), withdrawn_at=envelope.time)


async def _set(
    session: AsyncSession,
    envelope: Envelope,
    alert: AlertRaised | AlertWithdrawn,
    *,
    withdrawn_at: datetime | None,
) -> None:
    """The newest word on an alert holds, whichever comes first: an older version changes nothing."""
    row = {
        "school_id": envelope.school_id,
        "incident_id": alert.incident_id,
        "staff_id": alert.staff_id,
        "alert_id": alert.alert_id,
        "since": datetime.now(UTC),
        "withdrawn_at": withdrawn_at,
        "version": envelope.version,
    }
    await session.execute(_NEWEST, row)


HANDLERS: Final[Mapping[type[Event], Handler]] = {
    AlertRaised: note_reader,
    AlertWithdrawn: note_withdrawal,
}
