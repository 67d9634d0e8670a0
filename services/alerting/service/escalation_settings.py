"""What a school says of reading times, hours and holidays: replaced as a whole, from the next time that is set."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.alerting.models import EscalationSettings
from shared import audit
from shared.errors import Conflict
from shared.identity import Staff


async def replace_escalation_settings(
    session: AsyncSession, *, acting_staff: Staff, words: dict[str, Any], version: int | None = None
) -> int:
    """Returns the new version. Raises Conflict when `version` is not the one in force."""
    school_id, now = acting_staff.school_id, datetime.now(UTC)
    first = insert(EscalationSettings).values(school_id=school_id, version=0, words={}, changed_at=now)
    await session.execute(first.on_conflict_do_nothing())
    query = select(EscalationSettings.version).where(EscalationSettings.school_id == school_id).with_for_update()
    in_force: int = (await session.execute(query)).scalar_one()
    if version is not None and version != in_force:
        raise Conflict(
            "Somebody changed these settings after you opened them. Read them again, then save.",
            extra={"version": in_force},
        )
    await session.execute(
        update(EscalationSettings)
        .where(EscalationSettings.school_id == school_id)
        .values(version=in_force + 1, words=words, changed_at=now)
        .execution_options(synchronize_session=False)
    )
    await audit.record(
        session,
        action="escalation:replaced",
        school_id=school_id,
        staff=acting_staff,
        about_kind="escalation",
        about_id=school_id,
        details={"version": in_force + 1},
    )
    return in_force + 1
