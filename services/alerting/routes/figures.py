"""The schools of the trust in figures."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from sqlalchemy import select

from services.alerting.domain.figures import Cell, cell
from services.alerting.models import KnownSchool
from services.alerting.queries.figures import figures_of
from services.alerting.routes.within import database
from shared.db import Scope
from shared.identity import Staff, may

router = APIRouter(tags=["figures"])


class SchoolFigures(BaseModel):
    school_id: UUID
    unread: Cell
    actions_due: Cell
    duties_due: Cell
    over_time: Cell


class FiguresShown(BaseModel):
    schools: list[SchoolFigures]


@router.get("/figures")
async def figures(request: Request, _: Annotated[Staff, Depends(may("figures:read"))]) -> FiguresShown:
    """One school after the other, each in a transaction of its own: nothing of ours sees two at once."""
    db, now = database(request), datetime.now(UTC)
    async with db.begin(Scope()) as session:
        schools = (await session.scalars(select(KnownSchool.id).order_by(KnownSchool.id))).all()
    shown = []
    for school_id in schools:
        async with db.begin(Scope(school_id)) as session:
            found = await figures_of(session, school_id, now)
        shown.append(
            SchoolFigures(
                school_id=school_id,
                unread=cell(found.unread),
                actions_due=cell(found.actions_due),
                duties_due=cell(found.duties_due),
                over_time=cell(found.over_time),
            )
        )
    return FiguresShown(schools=shown)
