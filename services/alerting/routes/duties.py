"""Duties: one's own, and what anybody in the school owes. Done is said to the incident service, which has the words."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy import ColumnElement, or_

from services.alerting import duty_schemas as schemas
from services.alerting.models import Duty
from services.alerting.queries import duties as queries
from services.alerting.routes.within import after_time, cursor_of, database, scope, signer
from services.alerting.vouchers import vouch
from shared.contracts.words import DSL_TEAM
from shared.errors import NotFound
from shared.identity import Staff, may

router = APIRouter(prefix="/duties", tags=["duties"])
Owner = Annotated[Staff, Depends(may("duty:own"))]
When = Annotated[queries.When, Query(description="not done yet; due in this week; late")]
Begin = Annotated[str | None, Query(alias="cursor", max_length=200)]
Limit = Annotated[int, Query(ge=1, le=100)]


@router.get("/mine")
async def mine(
    *, request: Request, staff: Owner, when: When = "open", begin: Begin = None, limit: Limit = 20
) -> schemas.DutiesShown:
    return await _page(request, staff, which=queries.mine(staff), when=when, begin=begin, limit=limit)


@router.get("")
async def of_the_school(
    *,
    request: Request,
    staff: Annotated[Staff, Depends(may("duty:list"))],
    when: When = "open",
    begin: Begin = None,
    limit: Limit = 20,
) -> schemas.DutiesShown:
    return await _page(request, staff, which=queries.of_school(staff), when=when, begin=begin, limit=limit)


@router.get("/{duty_id}")
async def one(request: Request, staff: Owner, duty_id: UUID) -> schemas.OpenedDutyShown:
    """One of their own; for the DSL team with elevated access any of the school."""
    which = queries.mine(staff)
    if DSL_TEAM & staff.roles and staff.elevated:
        which = or_(which, queries.of_school(staff))
    async with database(request).begin(scope(staff)) as session:
        duty = await queries.one(session, which, duty_id)
        stands_in = await queries.stood_in(session, staff, duty_id)
    if duty is None:
        raise NotFound()
    voucher = vouch(signer(request), staff, duty.incident_id, stands_in_for=duty.id) if stands_in else None
    return schemas.OpenedDutyShown(**_shown(duty, datetime.now(UTC)).model_dump(), voucher=voucher)


async def _page(
    request: Request, staff: Staff, *, which: ColumnElement[bool], when: queries.When, begin: str | None, limit: int
) -> schemas.DutiesShown:
    now = datetime.now(UTC)
    async with database(request).begin(scope(staff)) as session:
        found = await queries.listed(session, which & queries.due(when, now), limit=limit + 1, after=after_time(begin))
    page = found[:limit]
    more = cursor_of(page[-1].due_at or queries.NO_HURRY, page[-1].id) if len(found) > limit else None
    return schemas.DutiesShown(duties=[_shown(duty, now) for duty in page], next=more)


def _shown(duty: Duty, now: datetime) -> schemas.DutyShown:
    given = {name: getattr(duty, name) for name in schemas.DutyShown.model_fields if name != "overdue"}
    overdue = duty.done_at is None and duty.due_at is not None and duty.due_at < now
    return schemas.DutyShown(**given, overdue=overdue)
