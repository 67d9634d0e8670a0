"""A school's categories in its settings."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from services.gateway.asking import asks
from services.gateway.calls import Caller
from services.gateway.openapi import BASE
from services.gateway.routes.documented import IfMatch, gives, gives_nothing
from services.gateway.schemas import categories as schemas

router = APIRouter(prefix=f"{BASE}/categories", tags=["Settings"])

Writer = Annotated[Caller, Depends(asks("category:write"))]


@router.get("/all", responses=gives(schemas.CategorySettings, "Every category, the retired too."))
async def settings(caller: Writer) -> Response:
    """The categories as the settings show them."""
    return await caller.forward("incident", "GET", "/categories/all")


@router.post("", status_code=201, responses=gives(schemas.CategorySetting, "The category.", status=201, etag=True))
async def add(caller: Writer, body: schemas.NewCategory) -> Response:
    """Add a category, or a sub-category below one."""
    return await caller.forward("incident", "POST", "/categories", body=body)


@router.put("/order", status_code=204, responses=gives_nothing("They are shown in this order."))
async def reorder(caller: Writer, body: schemas.NewOrder) -> Response:
    """Put the categories of one level in order: all of them, each once."""
    return await caller.forward("incident", "PUT", "/categories/order", body=body)


@router.patch("/{category_id}", responses=gives(schemas.CategorySetting, "The category as it is now.", etag=True))
async def change(caller: Writer, category_id: UUID, body: schemas.CategoryChange, if_match: IfMatch = None) -> Response:
    """Rename a category, or set how sensitive it is, when it is to be logged, and what is asked of it.

    What is left out stays. What was logged shows the name it had then beside today's. Incidents are at once as
    sensitive as their categories are.
    """
    return await caller.forward("incident", "PATCH", f"/categories/{category_id}", body=body)


@router.post("/{category_id}/retire", status_code=204, responses=gives_nothing("It can be chosen no more."))
async def retire(caller: Writer, category_id: UUID) -> Response:
    """Retire a category with all that lies below it. What was logged under it stays as it is."""
    return await caller.forward("incident", "POST", f"/categories/{category_id}/retire")


@router.post("/{category_id}/merge", status_code=204, responses=gives_nothing("It counts as the other."))
async def merge(caller: Writer, category_id: UUID, body: schemas.MergeInto) -> Response:
    """Retire a category that is from now on counted as another, in filters and patterns."""
    return await caller.forward("incident", "POST", f"/categories/{category_id}/merge", body=body)
