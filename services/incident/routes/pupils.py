"""The type-ahead, the categories, and the roll from a file."""

from datetime import UTC, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident import schemas, service
from services.incident.domain import plain, seconds_to_wait
from services.incident.queries import pupils
from services.incident.roll_file import read_roll
from services.incident.routes.within import database, scope
from shared import audit
from shared.errors import FieldError, Invalid, TooMany, WrongContentType
from shared.identity import Staff, may

router = APIRouter(tags=["pupils"])
FEWEST_LETTERS: Final = 3


@router.get("/pupils")
async def pick(
    request: Request,
    staff: Annotated[Staff, Depends(may("pupil:pick"))],
    starts: Annotated[str, Query(max_length=60)],
) -> schemas.PickedPupils:
    starts_with_letters(starts)
    async with database(request).begin(scope(staff)) as session:
        await may_pick(session, staff, datetime.now(UTC))
        found = await pupils.starting_with(session, staff, starts)
        await audit.record(
            session,
            action=pupils.PICKED,
            school_id=staff.school_id,
            staff=staff,
            about_kind="pupils",
            about_id=None,
            pupil_ids=[pupil.id for pupil in found],
            details={"found": len(found)},
        )
    return schemas.PickedPupils(
        pupils=[
            schemas.PickedPupil(id=p.id, name=p.name, year_group=p.year_group, class_code=p.class_code) for p in found
        ]
    )


def starts_with_letters(starts: str) -> None:
    """Raises Invalid for fewer than three letters, for they would show half of the roll (C4)."""
    if len(plain(starts)) < FEWEST_LETTERS:
        raise Invalid(FieldError("starts", "Type three letters or more of the child's name."))
    if "\x00" in starts:
        raise Invalid(FieldError("starts", "Contains a NUL character; take it out."))


async def may_pick(session: AsyncSession, staff: Staff, now: datetime) -> None:
    """Raises TooMany for whoever looked up many children in a short time."""
    wait = seconds_to_wait(*await pupils.picks_lately(session, staff, now), now)
    if wait:
        raise TooMany(wait, "You have looked up many children. Wait a moment, then go on.")


@router.get("/categories")
async def categories(
    request: Request, staff: Annotated[Staff, Depends(may("category:list"))]
) -> schemas.CategoriesShown:
    async with database(request).begin(scope(staff)) as session:
        found = await pupils.categories(session, staff.school_id)
    return schemas.CategoriesShown(
        categories=[schemas.CategoryShown.model_validate(category, from_attributes=True) for category in found]
    )


@router.post("/categories/standard", status_code=201)
async def begin_categories(request: Request, staff: Annotated[Staff, Depends(may("category:write"))]) -> schemas.Begun:
    async with database(request).begin(scope(staff)) as session:
        made = await service.begin_with_standard_categories(session, acting_staff=staff)
    return schemas.Begun(made=made)


@router.post("/roll")
async def import_roll(
    request: Request,
    staff: Annotated[Staff, Depends(may("roll:import"))],
    leavers: Annotated[bool, Query(description="the children who are not in the file have left")] = False,
) -> schemas.RollResult:
    if not request.headers.get("content-type", "").startswith("text/csv"):
        raise WrongContentType("Send the roll as CSV (Content-Type: text/csv).")
    rows = read_roll(await request.body(), datetime.now(UTC).date())
    async with database(request).begin(scope(staff)) as session:
        report = await service.import_roll(session, acting_staff=staff, rows=rows, leavers_meant=leavers)
    return schemas.RollResult(
        enrolled=len(report.enrolled),
        changed=len(report.changed),
        left=len(report.left),
        unchanged=report.unchanged,
    )
