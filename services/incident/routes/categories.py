"""A school's categories in its settings: add, change, retire, merge, reorder."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from services.incident import schemas
from services.incident.models import Category
from services.incident.queries.categories import every_category
from services.incident.routes.within import IfMatch, database, etag, scope, version_of
from services.incident.service import taxonomy
from shared.identity import Staff, may

router = APIRouter(prefix="/categories", tags=["categories"])

Writer = Annotated[Staff, Depends(may("category:write"))]


@router.get("/all")
async def settings(request: Request, staff: Writer) -> schemas.CategorySettings:
    """Every category, the retired too."""
    async with database(request).begin(scope(staff)) as session:
        found = await every_category(session, staff.school_id)
    return schemas.CategorySettings(categories=[_shown(category) for category in found])


@router.post("", status_code=201)
async def add(
    request: Request, response: Response, staff: Writer, body: schemas.NewCategory
) -> schemas.CategorySetting:
    async with database(request).begin(scope(staff)) as session:
        made = await taxonomy.add_category(session, acting_staff=staff, **body.model_dump())
    response.headers.update(etag(made.version))
    return _shown(made)


@router.put("/order", status_code=204)
async def reorder(request: Request, staff: Writer, body: schemas.NewOrder) -> Response:
    async with database(request).begin(scope(staff)) as session:
        await taxonomy.reorder_categories(session, acting_staff=staff, parent_id=body.parent_id, ids=body.ids)
    return Response(status_code=204)


@router.patch("/{category_id}")
async def change(
    *,
    request: Request,
    response: Response,
    staff: Writer,
    category_id: UUID,
    body: schemas.CategoryChange,
    if_match: IfMatch = None,
) -> schemas.CategorySetting:
    async with database(request).begin(scope(staff)) as session:
        changed = await taxonomy.change_category(
            session,
            acting_staff=staff,
            category_id=category_id,
            changes=body.model_dump(exclude_unset=True),
            version=version_of(if_match),
        )
    response.headers.update(etag(changed.version))
    return _shown(changed)


@router.post("/{category_id}/retire", status_code=204)
async def retire(request: Request, staff: Writer, category_id: UUID) -> Response:
    async with database(request).begin(scope(staff)) as session:
        await taxonomy.retire_category(session, acting_staff=staff, category_id=category_id)
    return Response(status_code=204)


@router.post("/{category_id}/merge", status_code=204)
async def merge(request: Request, staff: Writer, category_id: UUID, body: schemas.MergeInto) -> Response:
    async with database(request).begin(scope(staff)) as session:
        await taxonomy.merge_category(session, acting_staff=staff, category_id=category_id, into_id=body.into)
    return Response(status_code=204)


def _shown(category: Category) -> schemas.CategorySetting:
    return schemas.CategorySetting.model_validate(category, from_attributes=True)
