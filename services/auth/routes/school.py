"""One's own school: what it says about danger before anybody has signed in, and its link (R38)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth import schemas, service
from services.auth.models import School
from services.auth.routes.within import IfMatch, database, etag, scope, version_of
from shared.errors import NotFound
from shared.identity import Staff, may

router = APIRouter(prefix="/school", tags=["people"])
Writer = Annotated[Staff, Depends(may("danger-text:write"))]


@router.get("")
async def own_school(request: Request, response: Response, staff: Writer) -> schemas.OwnSchool:
    async with database(request).begin(scope(staff)) as session:
        school = await session.get(School, staff.school_id)
        if school is None:
            raise NotFound()
        shown = await _shown(session, school)
    response.headers.update(etag(shown.version))
    return shown


@router.put("/danger-text")
async def set_danger_text(
    request: Request, response: Response, staff: Writer, body: schemas.NewDangerText, if_match: IfMatch = None
) -> schemas.OwnSchool:
    async with database(request).begin(scope(staff)) as session:
        school = await service.change_school(
            session,
            acting_staff=staff,
            school_id=staff.school_id,
            version=version_of(if_match),
            danger_text=body.danger_text,
        )
        shown = await _shown(session, school)
    response.headers.update(etag(shown.version))
    return shown


async def _shown(session: AsyncSession, school: School) -> schemas.OwnSchool:
    return schemas.OwnSchool(
        id=school.id,
        name=school.name,
        link=await service.link_of(session, school),
        danger_text=school.danger_text,
        version=school.version,
    )
