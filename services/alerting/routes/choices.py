"""When somebody wants their own mails: a digest, quiet hours."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from services.alerting import choice_schemas as schemas
from services.alerting import service
from services.alerting.queries.choices import choice_of
from services.alerting.routes.within import IfMatch, database, etag, scope, version_of
from shared.identity import Staff, may

router = APIRouter(prefix="/me/mails", tags=["mails"])
Owner = Annotated[Staff, Depends(may("mails:own"))]


@router.get("")
async def read_choice(request: Request, response: Response, staff: Owner) -> schemas.MailChoiceShown:
    async with database(request).begin(scope(staff)) as session:
        chosen = await choice_of(session, staff)
    response.headers.update(etag(chosen.version))
    return schemas.MailChoiceShown(version=chosen.version, **chosen.words)


@router.put("")
async def write_choice(
    request: Request, response: Response, staff: Owner, body: schemas.NewMailChoice, if_match: IfMatch = None
) -> schemas.MailChoiceShown:
    words = body.model_dump(mode="json")
    async with database(request).begin(scope(staff)) as session:
        version = await service.choose(session, acting_staff=staff, words=words, version=version_of(if_match))
    response.headers.update(etag(version))
    return schemas.MailChoiceShown(version=version, **words)
