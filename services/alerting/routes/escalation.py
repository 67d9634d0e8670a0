"""By when incidents must be read, and when the school is open: read, replaced."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from services.alerting import escalation_schemas as schemas
from services.alerting import service
from services.alerting.queries.escalation import settings_of
from services.alerting.routes.within import IfMatch, database, etag, scope, version_of
from shared.identity import Staff, may

router = APIRouter(prefix="/escalation-settings", tags=["escalation"])
Writer = Annotated[Staff, Depends(may("rules:write"))]


@router.get("")
async def read_settings(request: Request, response: Response, staff: Writer) -> schemas.EscalationSettingsShown:
    async with database(request).begin(scope(staff)) as session:
        kept = await settings_of(session, staff.school_id)
    response.headers.update(etag(kept.version))
    return schemas.EscalationSettingsShown(version=kept.version, **kept.words)


@router.put("")
async def write_settings(
    request: Request,
    response: Response,
    staff: Writer,
    body: schemas.NewEscalationSettings,
    if_match: IfMatch = None,
) -> schemas.EscalationSettingsShown:
    words = body.model_dump(mode="json")
    async with database(request).begin(scope(staff)) as session:
        version = await service.replace_escalation_settings(
            session, acting_staff=staff, words=words, version=version_of(if_match)
        )
    response.headers.update(etag(version))
    return schemas.EscalationSettingsShown(version=version, **words)
