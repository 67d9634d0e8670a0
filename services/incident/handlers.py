"""What incident does with what others tell: it notes who may read."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, cast

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.models import Reader
from shared.bus.runner import Handler, HandlerOfSeveral, Taken
from shared.contracts.alerting import TOPIC, AlertRaised, AlertWithdrawn
from shared.contracts.envelope import Envelope
from shared.contracts.events import Event
from shared.rows import write_rows

CONSUMER: Final = "incident"
TOPICS: Final = (TOPIC,)
SNAPSHOTS: Final = ("alerting",)
"""Whose present state the copy here (who may read what) is rebuilt from."""


_READER: Final = cast(Table, Reader.__table__)
_NEWEST: Final = {
    _READER: "(school_id, incident_id, staff_id) DO UPDATE SET withdrawn_at = excluded.withdrawn_at, "
    "version = excluded.version WHERE reader.version < excluded.version"
}


async def note_readers(session: AsyncSession, events: Sequence[Taken]) -> None:
    """The newest word on an alert holds, whichever comes first: an older version changes nothing."""
    rows = [row for envelope, event in events for row in _readers(envelope, event)]
    # In one order, whoever else writes some of them.
    rows.sort(key=lambda row: (row["incident_id"], row["staff_id"]))
    await write_rows(session, [(_READER, row) for row in rows], on_conflict=_NEWEST)


def _readers(envelope: Envelope, event: Event) -> Iterator[dict[str, Any]]:
    alert = cast(AlertRaised | AlertWithdrawn, event)
    for told in alert.told if isinstance(alert, AlertRaised) else [alert]:
        yield {
            "school_id": envelope.school_id,
            "incident_id": alert.incident_id,
            "staff_id": told.staff_id,
            "alert_id": told.alert_id,
            "since": datetime.now(UTC),
            "withdrawn_at": envelope.time if isinstance(alert, AlertWithdrawn) else None,
            "version": envelope.version,
        }


async def note_reader(session: AsyncSession, envelope: Envelope, event: Event) -> None:
    await note_readers(session, [(envelope, event)])


HANDLERS: Final[Mapping[type[Event], Handler]] = {
    AlertRaised: note_reader,
    AlertWithdrawn: note_reader,
}
TOGETHER: Final[Mapping[type[Event], HandlerOfSeveral]] = {AlertRaised: note_readers, AlertWithdrawn: note_readers}
