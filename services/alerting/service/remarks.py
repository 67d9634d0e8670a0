"""What is said of an alert: why it was withdrawn, and the note for whom it was raised."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.alerting.models import AlertRemark
from shared.identity import Staff
from shared.ids import new_id

Kind = Literal["withdrawn", "note"]


async def remark(session: AsyncSession, *, by: Staff, alert_ids: Sequence[UUID], kind: Kind, words: str) -> None:
    """The same words beside each of these alerts of the person's school."""
    now = datetime.now(UTC)
    rows = [
        {
            "school_id": by.school_id,
            "id": new_id(),
            "alert_id": alert_id,
            "kind": kind,
            "by_id": by.staff_id,
            "words": words,
            "at": now,
        }
        for alert_id in alert_ids
    ]
    if rows:
        await session.execute(insert(AlertRemark), rows)
