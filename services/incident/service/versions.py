"""The version of an incident: what else is written in the same breath is in order with it."""

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.models import Incident


async def next_version(session: AsyncSession, incident: Incident) -> int:
    """The aggregate's row is written, and with it locked, before anything of it goes into the outbox."""
    await session.execute(
        update(Incident)
        .where(Incident.school_id == incident.school_id, Incident.id == incident.id)
        .values(version=incident.version + 1)
        .execution_options(synchronize_session=False)
    )
    return incident.version + 1
