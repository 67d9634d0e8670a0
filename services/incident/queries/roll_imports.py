"""Files of the roll that wait to be applied."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.models import RollImport, RollImportDue, RollImportRow


async def import_of(session: AsyncSession, school_id: UUID, import_id: UUID) -> RollImport | None:
    found: RollImport | None = await session.scalar(
        select(RollImport)
        .where(RollImport.school_id == school_id, RollImport.id == import_id, RollImport.expires_at > datetime.now(UTC))
        .execution_options(populate_existing=True)
    )
    return found


async def rows_of(
    session: AsyncSession, job: RollImport, *, outcome: str | None = None, after: int = 0, limit: int | None = None
) -> Sequence[RollImportRow]:
    """The rows in the order of the file, those after `after`; all of them without a limit."""
    row = RollImportRow
    query = select(row).where(row.school_id == job.school_id, row.import_id == job.id, row.number > after)
    if outcome is not None:
        query = query.where(row.outcome == outcome)
    return (await session.scalars(query.order_by(row.number).limit(limit))).all()


async def due(session: AsyncSession, now: datetime) -> Sequence[RollImportDue]:
    """Of whichever school: what has waited long enough."""
    return (await session.scalars(select(RollImportDue).where(RollImportDue.expires_at <= now).limit(100))).all()
