"""A change to an incident that was read before: whoever comes too late is shown what came first."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident import service, views
from services.incident.queries.incidents import category_names
from services.incident.queries.reach import Who
from services.incident.routes.within import database, scope
from shared.errors import Conflict


@asynccontextmanager
async def change(request: Request, who: Who, incident_id: UUID, version: int | None) -> AsyncIterator[AsyncSession]:
    """One transaction for the change. What came since is read in one of its own, so that its audit row is kept.

    Raises Conflict with what was written after `version` as `since`, as far as this person may read it.
    """
    try:
        async with database(request).begin(scope(who.staff)) as session:
            yield session
    except service.ChangedMeanwhile as late:
        if version is None:
            raise
        async with database(request).begin(scope(who.staff)) as session:
            since = await service.changed_since(session, who=who, incident_id=incident_id, version=version)
            categories = await category_names(session, who.staff.school_id)
        shown = views.since(since, categories).model_dump(mode="json")
        raise Conflict(late.detail, extra={"version": since.found.incident.version, "since": shown}) from None
