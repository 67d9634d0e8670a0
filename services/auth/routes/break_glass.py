"""Break-glass: open a child's record, end it, review it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from services.auth import schemas, service
from services.auth.domain import REVIEW_WITHIN
from services.auth.glass_register import broken_glass
from services.auth.models import BreakGlass
from services.auth.routes.within import database, now, scope
from shared.identity import Staff, may

router = APIRouter(prefix="/break-glass", tags=["break-glass"])
Reviewer = Annotated[Staff, Depends(may("break-glass:review"))]


@router.post("", status_code=201)
async def break_glass(
    request: Request, staff: Annotated[Staff, Depends(may("break-glass"))], body: schemas.NewBreakGlass
) -> schemas.GlassShown:
    async with database(request).begin(scope(staff)) as session:
        glass = await service.break_glass(
            session, acting_staff=staff, pupil_id=body.pupil_id, reason=body.reason, words=body.words, now=now()
        )
    return _shown(glass)


@router.get("")
async def look(request: Request, staff: Reviewer) -> schemas.GlassesShown:
    async with database(request).begin(scope(staff)) as session:
        found = await broken_glass(session, staff)
    return schemas.GlassesShown(break_glass=[_shown(glass) for glass in found])


@router.post("/{glass_id}/end")
async def end(
    request: Request, staff: Annotated[Staff, Depends(may("break-glass:end"))], glass_id: UUID
) -> schemas.GlassShown:
    async with database(request).begin(scope(staff)) as session:
        glass = await service.end_break_glass(session, acting_staff=staff, glass_id=glass_id, now=now())
    return _shown(glass)


@router.post("/{glass_id}/review")
async def review(request: Request, staff: Reviewer, glass_id: UUID, body: schemas.GlassReview) -> schemas.GlassShown:
    async with database(request).begin(scope(staff)) as session:
        glass = await service.review_break_glass(
            session, acting_staff=staff, glass_id=glass_id, verdict=body.verdict, words=body.words, now=now()
        )
    return _shown(glass)


def _shown(glass: BreakGlass) -> schemas.GlassShown:
    own = {name: getattr(glass, name) for name in schemas.GlassShown.model_fields if name in glass.__table__.columns}
    review_by = glass.began_at + REVIEW_WITHIN
    return schemas.GlassShown(
        **own,
        runs=glass.runs(now()),
        review_by=review_by,
        overdue=glass.reviewed_at is None and now() > review_by,
    )
