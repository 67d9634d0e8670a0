"""A school's own lists of agencies and places, to choose from while logging."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from services.gateway.asking import asks
from services.gateway.calls import Caller
from services.gateway.openapi import BASE
from services.gateway.routes.documented import gives, gives_nothing
from services.gateway.schemas import categories as schemas
from services.gateway.schemas.circumstances import Entries

router = APIRouter(prefix=f"{BASE}/lists", tags=["Settings"])

Which = Literal["agencies", "locations"]
Writer = Annotated[Caller, Depends(asks("category:write"))]


@router.get("/{which}", responses=gives(Entries, "The list, in the school's order."))
async def shown(caller: Annotated[Caller, Depends(asks("category:list"))], which: Which) -> Response:
    """The agencies your school speaks to, or the places it tells apart."""
    return await caller.forward("incident", "GET", f"/lists/{which}")


@router.post("/{which}", status_code=201, responses=gives(schemas.EntryAdded, "It is on the list.", status=201))
async def add(caller: Writer, which: Which, body: schemas.EntryName) -> Response:
    """Add an agency or a place."""
    return await caller.forward("incident", "POST", f"/lists/{which}", body=body)


@router.put("/{which}/order", status_code=204, responses=gives_nothing("They are shown in this order."))
async def reorder(caller: Writer, which: Which, body: schemas.EntryOrder) -> Response:
    """Put a list in order: all of it, each entry once."""
    return await caller.forward("incident", "PUT", f"/lists/{which}/order", body=body)


@router.patch("/{which}/{entry_id}", status_code=204, responses=gives_nothing("It has the new name."))
async def rename(caller: Writer, which: Which, entry_id: UUID, body: schemas.EntryName) -> Response:
    """Rename an agency or a place. What was logged shows the name it had then beside today's."""
    return await caller.forward("incident", "PATCH", f"/lists/{which}/{entry_id}", body=body)


@router.post("/{which}/{entry_id}/merge", status_code=204, responses=gives_nothing("It is the other one now."))
async def merge(caller: Writer, which: Which, entry_id: UUID, body: schemas.MergeInto) -> Response:
    """Say that an agency or a place is another one. What was logged shows the name it had beside the other's."""
    return await caller.forward("incident", "POST", f"/lists/{which}/{entry_id}/merge", body=body)


@router.post("/{which}/{entry_id}/retire", status_code=204, responses=gives_nothing("It can be chosen no more."))
async def retire(caller: Writer, which: Which, entry_id: UUID) -> Response:
    """Retire an agency or a place. What was logged with it stays as it is."""
    return await caller.forward("incident", "POST", f"/lists/{which}/{entry_id}/retire")
